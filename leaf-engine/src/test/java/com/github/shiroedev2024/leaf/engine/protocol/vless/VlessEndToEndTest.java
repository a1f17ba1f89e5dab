package com.github.shiroedev2024.leaf.engine.protocol.vless;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.codec.PeerStreams;
import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Association;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.helpers.NOPLoggerFactory;

/** Both halves, on sockets. */
@ExtendWith(LeakCheck.class)
final class VlessEndToEndTest {
  private static final UUID ID = UUID.fromString("b831381d-6324-4d53-ad4f-8cda48b30811");
  private static final Destination TARGET = Destination.of("site.example", 443);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final SmallEngine near = closing(new SmallEngine());
  private final SmallEngine far = closing(new SmallEngine());

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

  private static Destination local(int port) {
    return Destination.of("127.0.0.1", port);
  }

  private VlessOutbound outbound(@Nullable Destination server) {
    return new VlessOutbound("node", new VlessOptions(server, ID), new NOPLoggerFactory());
  }

  private int server(SmallEngine engine) {
    VlessInboundOptions options = new VlessInboundOptions(List.of(new UuidUser(ID, "ann")));
    return engine.listen(context -> new VlessInbound("in", options, context));
  }

  private Client client() {
    return closing(new Client(server(far)));
  }

  private EchoServer echo(EchoServer.Mode mode) {
    return closing(EchoServer.start(mode));
  }

  private static byte[] glued(byte[]... parts) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
  }

  private static Session last(SmallEngine engine) {
    return Await.value(
        "a session", () -> engine.sessions().isEmpty() ? null : engine.sessions().getLast());
  }

  // The server

  @Test
  void servesAStreamThatComesByteByByte() {
    EchoServer echo = echo(EchoServer.Mode.ECHO_AFTER_END);
    Client client = client();
    for (byte b : VlessRequest.bytes(ID, Network.TCP, local(echo.port()))) {
      client.send(new byte[] {b});
    }
    client.send("hello").endOutput();
    assertThat(client.readAll()).isEqualTo(glued(new byte[2], "hello".getBytes(US_ASCII)));
    assertThat(last(far).userId()).isEqualTo("ann");
  }

  @Test
  void whatIsNoRequestIsReadAndNotAnswered() {
    byte[] unknown = VlessRequest.bytes(new UUID(1, 2), Network.TCP, local(9));
    byte[] command = VlessRequest.bytes(ID, Network.TCP, local(9));
    command[18] = 9;
    for (byte[] probe : List.of("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII), unknown, command)) {
      Client client = client();
      client.send(probe).send(new byte[8 << 20]).endOutput();
      assertThat(client.readAll()).as("an end, no reset").isEmpty();
    }
    assertThat(far.sessions()).isEmpty();
  }

  @Test
  void drainingAndWaitingEndWithTheTimeForTheHandshake() {
    far.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(300));
    byte[] cut = Arrays.copyOf(VlessRequest.bytes(ID, Network.TCP, local(9)), 20);
    for (byte[] probe : List.of(new byte[] {0x16, 3, 1}, cut, new byte[0])) {
      assertThat(client().send(probe).readAll()).isEmpty();
    }
  }

  @Test
  void servesDatagramsOfManyPeersInXudp() {
    EchoServer a = echo(EchoServer.Mode.ECHO);
    EchoServer b = echo(EchoServer.Mode.ECHO);
    Client client = client();
    byte[] mux = Arrays.copyOf(VlessRequest.bytes(ID, Network.UDP, local(9)), 19);
    mux[18] = 3;
    String toA = String.format(Locale.ROOT, "02 %04x 01 7f000001", a.port());
    String toB = String.format(Locale.ROOT, "02 %04x 01 7f000001", b.port());
    client.send(glued(mux, Client.hex("0014 0000 01 01" + toA + "0102030405060708 0002 0a0b")));
    assertThat(client.read(2)).isEqualTo(new byte[2]);
    assertThat(client.read(18)).isEqualTo(Client.hex("000c 0000 02 01" + toA + "0002 0a0b"));
    client.send(Client.hex("000c 0000 02 01" + toB + "0001 0c 0004 0000 02 01 0001 0d"));
    assertThat(client.read(17)).isEqualTo(Client.hex("000c 0000 02 01" + toB + "0001 0c"));
    assertThat(client.read(17)).isEqualTo(Client.hex("000c 0000 02 01" + toB + "0001 0d"));
    assertThat(far.sessions()).hasSize(1);
    client.send(Client.hex("000c 0007 01 01 01" + toA.substring(2) + "0001 0e"));
    assertThat(client.readHex(6)).isEqualTo("000400070302");
    client.send(Client.hex("0004 0000 03 00"));
    assertThat(client.ends()).isTrue();
  }

  @Test
  void aKnownUserWhoAsksForVisionIsClosed() {
    byte[] plain = VlessRequest.bytes(ID, Network.TCP, local(9));
    byte[] vision =
        glued(
            Arrays.copyOf(plain, 17),
            new byte[] {18, 0x0a, 16},
            "xtls-rprx-vision".getBytes(US_ASCII),
            Arrays.copyOfRange(plain, 18, plain.length));
    assertThat(client().send(vision).ends()).isTrue();
    assertThat(far.sessions()).isEmpty();
  }

  @Test
  void servesDatagramsOfOneTarget() {
    EchoServer echo = echo(EchoServer.Mode.ECHO);
    Client client = client();
    client.send(
        glued(VlessRequest.bytes(ID, Network.UDP, local(echo.port())), Client.hex("0003 010203")));
    assertThat(client.readHex(7)).isEqualTo("00000003010203");
    client.send(Client.hex("0001 09 0001 08"));
    assertThat(client.readHex(6)).isEqualTo("000109000108");
    Session session = last(far);
    assertThat(session.network()).isEqualTo(Network.UDP);
    assertThat(session.userId()).isEqualTo("ann");
    client.close();
    Await.until("over", () -> session.closeReason() == CloseReason.FINISHED);
  }

  // The client

  private Future<Channel> connect(VlessOutbound outbound, Destination to, Dialer below) {
    Session session = near.session(Network.TCP, to);
    Future<Channel> connected = near.onLoop(session, () -> outbound.connect(session, to, below));
    Await.until("connected or not", connected::isDone);
    return connected;
  }

  private static CloseReason reason(Future<Channel> connected) {
    return ((SessionException) connected.cause()).reason();
  }

  @Test
  void failuresHaveTheirReasons() throws Exception {
    RefusingPort gone = closing(new RefusingPort());
    assertThat(reason(connect(outbound(local(gone.port())), TARGET, near.dialer())))
        .isEqualTo(CloseReason.REFUSED);
    assertThat(reason(connect(outbound(null), TARGET, near.dialer())))
        .isEqualTo(CloseReason.NOT_SUPPORTED);
    assertThat(
            reason(connect(outbound(local(1)), Destination.of("x".repeat(256), 1), near.dialer())))
        .isEqualTo(CloseReason.NOT_SUPPORTED);
  }

  @Test
  void handsTheServersStreamUp() {
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  byte[] request = VlessRequest.bytes(ID, Network.TCP, TARGET);
                  assertThat(peer.read(request.length)).isEqualTo(request);
                  peer.readAll();
                }));
    VlessOutbound outbound = outbound(local(server.port()));
    Channel channel = connect(outbound, TARGET, near.dialer()).getNow();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(Path.of(channel).hops()).containsExactly(outbound);
    Await.until("the request went", () -> channel.pipeline().toMap().size() == 3);
    channel.close().syncUninterruptibly();
    assertThat(outbound.carriesOver(Network.UDP, EnumSet.of(Network.TCP))).isTrue();
    assertThat(outbound.carriesOver(Network.TCP, EnumSet.of(Network.UDP))).isFalse();
  }

  /** A port that goes through the outbound to what a VLESS request names. */
  private Client through(VlessOutbound outbound) {
    near.through(outbound);
    return closing(new Client(server(near)));
  }

  @Test
  void carriesAStreamToOurServer() {
    EchoServer echo = echo(EchoServer.Mode.ECHO_AFTER_END);
    Client client = through(outbound(local(server(far))));
    byte[] payload = Seeds.bytes(new Random(7), 900_000);
    client.send(VlessRequest.bytes(ID, Network.TCP, local(echo.port()))).send(payload).endOutput();
    assertThat(client.readAll()).isEqualTo(glued(new byte[2], payload));
    assertThat(far.sessions()).hasSize(1);
  }

  @Test
  void aRemoteThatSpeaksFirstIsHeard() {
    EchoServer source = echo(EchoServer.Mode.source(100_000, 4));
    Client client = through(outbound(local(server(far))));
    client.send(VlessRequest.bytes(ID, Network.TCP, local(source.port())));
    assertThat(client.readAll()).hasSize(100_002);
  }

  @Test
  void theServerSaysNothingBeforeItsRemoteDoes() throws IOException {
    // sing-box closes once all is written; a byte that comes then would reset its upload.
    EchoServer sink = echo(EchoServer.Mode.SINK);
    Client client = client();
    client.send(VlessRequest.bytes(ID, Network.TCP, local(sink.port()))).send(new byte[10]);
    Await.until("arrived", () -> sink.bytesReceived() == 10);
    assertThat(client.socket().getInputStream().available()).isZero();
    client.endOutput();
    assertThat(client.readAll()).hasSize(2 + 64);
  }

  @Test
  void aServerThatAnswersSomethingElseIsAProtocolError() {
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  peer.read(20);
                  peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
                  peer.readAll();
                }));
    Client client = through(outbound(local(server.port())));
    client.send(VlessRequest.bytes(ID, Network.TCP, TARGET));
    assertThat(client.ends()).isTrue();
    Await.until("ended", () -> last(near).closeReason() != null);
    assertThat(last(near).closeDetail()).contains("something else than VLESS");
  }

  @Test
  void eachPeerHasAStreamOfItsOwn() {
    EchoServer a = echo(EchoServer.Mode.ECHO);
    EchoServer b = echo(EchoServer.Mode.ECHO);
    near.through(outbound(local(server(far))));
    Association association = new Association(near, local(a.port()));
    for (int size : new int[] {1, 1_400, 2_049, 65_507}) {
      association.exchange(a, size);
      association.exchange(b, size);
    }
    assertThat(far.sessions()).hasSize(2);
    association.session().close(CloseReason.FINISHED);
    Await.until(
        "both streams are over",
        () -> far.sessions().stream().allMatch(each -> each.closeReason() != null));
  }

  @Test
  void theStreamsOfAnAssociationAreBounded() {
    EchoServer first = echo(EchoServer.Mode.ECHO);
    near.through(outbound(local(server(far))));
    Association association = new Association(near, local(first.port()));
    association.exchange(first, 10);
    List<EchoServer> echoes = new ArrayList<>();
    for (int n = 0; n < PeerStreams.MAX_STREAMS + 3; n++) {
      EchoServer echo = echo(EchoServer.Mode.ECHO);
      echoes.add(echo);
      association.exchange(echo, 20);
    }
    Await.until("three made room", () -> live() == PeerStreams.MAX_STREAMS + 1);
    association.exchange(echoes.getFirst(), 30); // it gets another stream
    association.exchange(first, 40);
    association.session().close(CloseReason.FINISHED);
    Await.until("all are over", () -> live() == 0);
  }

  private long live() {
    return far.sessions().stream().filter(each -> each.closeReason() == null).count();
  }

  @Test
  void theAssociationEndsWithItsFirstStream() {
    ScriptedServer server = closing(new ScriptedServer(peer -> peer.read(30)));
    near.through(outbound(local(server.port())));
    Association association = new Association(near, local(9));
    association.send(local(9), new byte[10]);
    Await.until("over", () -> association.session().closeReason() != null);
  }
}
