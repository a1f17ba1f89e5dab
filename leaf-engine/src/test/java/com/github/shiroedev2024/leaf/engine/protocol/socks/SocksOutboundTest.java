package com.github.shiroedev2024.leaf.engine.protocol.socks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.FakeOutboundContext;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
final class SocksOutboundTest {
  private static final Destination ANYWHERE = Destination.of("site.example", 443);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final SmallEngine near = closing(new SmallEngine());

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.add(part);
    return part;
  }

  private SocksOutbound outbound(int port, String username, String password) {
    return outbound(Destination.of("127.0.0.1", port), username, password);
  }

  private SocksOutbound outbound(Destination server, String username, String password) {
    return new SocksOutbound(
        "node",
        new SocksOutboundOptions(server, username, password),
        new FakeOutboundContext(
            near.dialer(),
            EngineOptions.defaults()
                .with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofMillis(500))));
  }

  private ScriptedServer server(ScriptedServer.Script script) {
    return closing(new ScriptedServer(script));
  }

  private Future<Channel> connect(SocksOutbound outbound, Destination destination) {
    Session session = near.session(Network.TCP, destination);
    return near.onLoop(session, () -> outbound.connect(session, destination, near.dialer()));
  }

  private SessionException failure(Future<Channel> future) {
    return (SessionException) Await.failure(future);
  }

  // -- two whole ones ----------------------------------------------------------------------------

  @Test
  void goesThroughOurOwnInbound() {
    SmallEngine far = closing(new SmallEngine());
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO_AFTER_END));
    User user = new User(null, "ann", "pässword", null);
    for (List<User> users : List.of(List.<User>of(), List.of(user))) {
      int server = far.listen(context -> new SocksInbound("far", users, context));
      near.through(outbound(server, "ann", "pässword"));
      int port = near.listen(context -> new SocksInbound("near", List.of(), context));
      byte[] payload = Seeds.bytes(new Random(1), 300_000);
      try (Client client = new Client(port)) {
        client.sendHex("05 01 00 05 01 00 03 09 6c6f63616c686f7374 %04x".formatted(echo.port()));
        client.send(payload).endOutput();
        assertThat(client.readHex(12)).isEqualTo("0500" + "05000001000000000000");
        assertThat(client.readAll()).isEqualTo(payload);
      }
    }
    assertThat(far.sessions().getLast().userId()).isEqualTo("ann");
    assertThat(far.sessions().getLast().destination().host()).isEqualTo("localhost");
  }

  /** Answers what comes for one association. */
  private static final class Inbox implements DatagramSink {
    final Queue<String> received = new ConcurrentLinkedQueue<>();

    @Override
    public void receive(Datagram datagram) {
      received.add(
          datagram.peer()
              + " "
              + ByteBufUtil.hexDump(datagram.content()).hashCode()
              + " "
              + datagram.content().readableBytes());
      datagram.release();
    }

    @Override
    public void receiveComplete() {}
  }

  @Test
  void carriesDatagramsOfEverySize() {
    SmallEngine far = closing(new SmallEngine());
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    int server = far.listen(context -> new SocksInbound("far", List.of(), context));
    near.through(outbound(server, "", ""));
    Destination destination = Destination.of("127.0.0.1", echo.port());
    Session session = near.session(Network.UDP, destination);
    Inbox inbox = new Inbox();
    DatagramLink link = near.onLoop(session, () -> near.associate(session, inbox));
    Random random = new Random(2);
    for (int size : new int[] {1, 100, 1400, 9_000, 65_000, 65_497}) {
      byte[] payload = Seeds.bytes(random, size);
      session
          .loop()
          .execute(() -> link.send(new Datagram(destination, Unpooled.copiedBuffer(payload))));
      String expected = destination + " " + ByteBufUtil.hexDump(payload).hashCode() + " " + size;
      Await.until("echo of " + size, () -> inbox.received.contains(expected));
    }
    assertThat(far.sessions()).hasSize(1);
    session.close(CloseReason.IDLE);
    Await.until("far session ended", () -> far.sessions().getFirst().closeReason() != null);
  }

  // -- scripted servers --------------------------------------------------------------------------

  @Test
  void payloadBehindTheReplyIsNotLost() {
    ScriptedServer server =
        server(
            peer -> {
              assertThat(peer.read(3)).isEqualTo(Client.hex("05 01 00"));
              peer.send(Client.hex("05 00"));
              assertThat(peer.read(19))
                  .isEqualTo(Client.hex("05 01 00 03 0c 736974652e6578616d706c65 01bb"));
              peer.send(Client.hex("05 00 00 03 04 62616e67 0001 68656c6c6f"));
              assertThat(new String(peer.readAll(), UTF_8)).isEqualTo("answer");
            });
    near.through(outbound(server.port(), "", ""));
    int port = near.listen(context -> new SocksInbound("near", List.of(), context));
    try (Client client = new Client(port)) {
      client.sendHex("05 01 00 05 01 00 03 0c 736974652e6578616d706c65 01bb");
      assertThat(client.readHex(12)).isEqualTo("0500" + "05000001000000000000");
      assertThat(client.readText(5)).isEqualTo("hello");
      client.send("answer").endOutput();
      assertThat(client.ends()).isTrue();
    }
  }

  @Test
  void leavesThePipelineAndItsMark() {
    ScriptedServer server =
        server(
            peer -> {
              peer.read(3);
              for (byte b : Client.hex("05 00")) {
                peer.send(new byte[] {b});
              }
              peer.read(19);
              for (byte b : Client.hex("05 00 00 04 00000000000000000000000000000000 0000")) {
                peer.send(new byte[] {b});
              }
              peer.readAll();
            });
    SocksOutbound outbound = outbound(server.port(), "", "");
    Channel channel = Await.result(connect(outbound, ANYWHERE));
    assertThat(channel.pipeline().get(SocksClientHandler.class)).isNull();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(Path.of(channel).outboundTag()).isEqualTo("node");
    channel.close().syncUninterruptibly();
  }

  @Test
  void logsInWhenAsked() {
    ScriptedServer server =
        server(
            peer -> {
              assertThat(peer.read(4)).isEqualTo(Client.hex("05 02 00 02"));
              peer.send(Client.hex("05 02"));
              assertThat(peer.read(9)).isEqualTo(Client.hex("01 02 6d65 04 31323334"));
              peer.send(Client.hex("01 00"));
              peer.read(19);
              peer.send(Client.hex("05 00 00 03 00 0000")); // an empty name, as some servers send
              peer.readAll();
            });
    Await.result(connect(outbound(server.port(), "me", "1234"), ANYWHERE)).close();
  }

  @ParameterizedTest
  @CsvSource({
    "1, DIAL_FAILED,   general failure",
    "2, DROPPED,       not allowed",
    "3, UNREACHABLE,   network unreachable",
    "4, UNREACHABLE,   host unreachable",
    "5, REFUSED,       connection refused",
    "6, DIAL_TIMEOUT,  timed out",
    "7, NOT_SUPPORTED, command not supported",
    "8, NOT_SUPPORTED, address type not supported",
    "9, PROTOCOL_ERROR, unknown reply 9",
  })
  void tellsWhatTheServerReplied(int reply, CloseReason reason, String text) {
    ScriptedServer server =
        server(
            peer -> {
              peer.read(3);
              peer.send(Client.hex("05 00"));
              peer.read(19);
              peer.send(Client.hex("05 %02x 00 01 00000000 0000".formatted(reply)));
              peer.readAll();
            });
    SessionException failure = failure(connect(outbound(server.port(), "", ""), ANYWHERE));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure)
        .hasMessageContaining("127.0.0.1:" + server.port())
        .hasMessageContaining("site.example:443")
        .hasMessageContaining(text);
  }

  @ParameterizedTest
  @CsvSource({
    "05 ff,        '', '',  AUTH_FAILED,       no username is configured",
    "05 02,        '', '',  AUTH_FAILED,       no username is configured",
    "05 ff,        me, pw,  AUTH_FAILED,       accepts neither",
    "05 02 01 01,  me, pw,  AUTH_FAILED,       refused the username or password",
    "05 02 07 00,  me, pw,  PROTOCOL_ERROR,    version 7",
    "48 54 54 50,  '', '',  PROTOCOL_ERROR,    version 72",
    "05 00 05 00 00 09 00,  '', '', PROTOCOL_ERROR, address type",
    "'',           '', '',  HANDSHAKE_FAILED,  closed the connection",
    "05,           '', '',  HANDSHAKE_FAILED,  closed the connection",
    "05 00 05 00,  '', '',  HANDSHAKE_FAILED,  closed the connection",
  })
  void tellsWhyAHandshakeFailed(
      String answer, String username, String password, CloseReason reason, String text) {
    ScriptedServer server =
        server(
            peer -> {
              peer.read(3);
              peer.send(Client.hex(answer));
              peer.socket().shutdownOutput();
              peer.readAll();
            });
    SessionException failure =
        failure(connect(outbound(server.port(), username, password), ANYWHERE));
    assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(text).hasMessageContaining(":" + server.port());
    assertThat(String.valueOf(failure.getMessage())).doesNotContain("pw");
  }

  @Test
  void aSilentServerTimesOutAndACancelledConnectLeavesNothing() {
    ScriptedServer silent = server(ScriptedServer.Peer::readAll);
    SocksOutbound outbound = outbound(silent.port(), "", "");
    SessionException failure = failure(connect(outbound, ANYWHERE));
    assertThat(failure.reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
    assertThat(failure).hasMessageContaining("500 ms");

    AtomicBoolean ended = new AtomicBoolean();
    ScriptedServer watched =
        server(
            peer -> {
              peer.readAll();
              ended.set(true);
            });
    Future<Channel> cancelled = connect(outbound(watched.port(), "", ""), ANYWHERE);
    Await.until("connected", () -> watched.connections() == 1);
    cancelled.cancel(false);
    Await.until("the server saw the end", ended::get);
  }

  @Test
  void garbageNeverHangsNorSucceeds() {
    Seeds.forEach(
        60,
        random -> {
          byte[] garbage = Seeds.bytes(random, 1 + random.nextInt(40));
          if (random.nextBoolean()) {
            garbage[0] = 5;
            if (garbage.length > 1) {
              garbage[1] = (byte) (1 + random.nextInt(255));
            }
          }
          try (ScriptedServer server =
              new ScriptedServer(
                  peer -> {
                    peer.read(3);
                    peer.send(garbage);
                    peer.socket().shutdownOutput();
                    peer.readAll();
                  })) {
            failure(connect(outbound(server.port(), "", ""), ANYWHERE));
          }
        });
  }

  @Test
  void anAssociationLivesAsLongAsItsConnection() throws IOException {
    AtomicBoolean endNow = new AtomicBoolean();
    ScriptedServer server =
        server(
            peer -> {
              peer.read(3);
              peer.send(Client.hex("05 00"));
              assertThat(peer.read(10)).isEqualTo(Client.hex("05 03 00 01 00000000 0000"));
              peer.send(Client.hex("05 00 00 01 00000000 1234"));
              Await.until("told to end", endNow::get);
            });
    SocksOutbound outbound = outbound(server.port(), "", "");
    Session session = near.session(Network.UDP, ANYWHERE);
    Channel udp =
        Await.result(
            near.onLoop(session, () -> outbound.associate(session, ANYWHERE, near.dialer())));
    assertThat(udp.isActive()).isTrue();
    assertThat(udp.config().isAutoRead()).isFalse();
    assertThat(Path.of(udp).outboundTag()).isEqualTo("node");
    endNow.set(true);
    Await.until("association ended", () -> !udp.isOpen());
  }

  @Test
  void theEndOfAnAssociationEndsItsConnection() {
    AtomicBoolean ended = new AtomicBoolean();
    ScriptedServer server =
        server(
            peer -> {
              peer.read(3);
              peer.send(Client.hex("05 00"));
              peer.read(10);
              peer.send(Client.hex("05 00 00 01 7f000001 1234 ffff"));
              assertThat(peer.readAll()).isEmpty();
              ended.set(true);
            });
    SocksOutbound outbound = outbound(server.port(), "", "");
    Session session = near.session(Network.UDP, ANYWHERE);
    Channel udp =
        Await.result(
            near.onLoop(session, () -> outbound.associate(session, ANYWHERE, near.dialer())));
    udp.close();
    Await.until("the server saw the end", ended::get);
  }
}
