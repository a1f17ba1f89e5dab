package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
final class TrojanInboundTest {
  private static final Destination LOOPBACK = Destination.of("127.0.0.1", 0);

  private final List<AutoCloseable> open = new ArrayList<>();
  private final SmallEngine engine = closing(new SmallEngine());

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

  private Client client(@Nullable Destination fallback) {
    TrojanInboundOptions options =
        new TrojanInboundOptions(
            List.of(new TrojanUser("password", "ann"), new TrojanUser("nameless", null)), fallback);
    int port = engine.listen(context -> new TrojanInbound("in", options, context));
    return closing(new Client(port));
  }

  private EchoServer echo(EchoServer.Mode mode) {
    return closing(EchoServer.start(mode));
  }

  private static byte[] request(String password, Network network, Destination destination) {
    ByteBuf request = Unpooled.buffer();
    TrojanRequest.write(TrojanKey.of(password), network, destination, request);
    return ByteBufUtil.getBytes(request);
  }

  private static byte[] glued(byte[]... parts) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
  }

  private Session session() {
    return Await.value(
        "a session", () -> engine.sessions().isEmpty() ? null : engine.sessions().getLast());
  }

  @Test
  void carriesAStreamAndItsHalfClose() {
    EchoServer echo = echo(EchoServer.Mode.ECHO_AFTER_END);
    Client client = client(null);
    byte[] payload = Seeds.bytes(new java.util.Random(5), 300_000);
    client.send(glued(request("password", Network.TCP, LOOPBACK.withPort(echo.port())), payload));
    client.endOutput();
    assertThat(client.readAll()).isEqualTo(payload);
    assertThat(session().userId()).isEqualTo("ann");
    assertThat(session().inboundTag()).isEqualTo("in");
    assertThat(session().source()).isEqualTo(client.localAddress());
    Await.until("counted", () -> session().received() == payload.length);
    assertThat(session().sent()).isEqualTo(payload.length);
  }

  @Test
  void aRequestMayComeByteByByteAndTwice() {
    EchoServer echo = echo(EchoServer.Mode.ECHO);
    byte[] request = request("nameless", Network.TCP, LOOPBACK.withPort(echo.port()));
    for (int n = 0; n < 2; n++) { // Trojan knows no replay
      Client client = client(null);
      for (byte b : request) {
        client.send(new byte[] {b});
      }
      client.send("hello");
      assertThat(client.readText(5)).isEqualTo("hello");
      assertThat(session().userId()).isNull();
    }
  }

  @Test
  void closesWhenTheRemoteCannotBeReached() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Client client = client(null);
    client.send(request("password", Network.TCP, LOOPBACK.withPort(closed)));
    assertThat(client.ends()).isTrue();
    Await.until("over", () -> session().closeReason() == CloseReason.REFUSED);
  }

  // What a prober sends, and a fallback gets unchanged.

  private static List<byte[]> probes() {
    byte[] known = request("password", Network.TCP, LOOPBACK.withPort(9));
    byte[] command = known.clone();
    command[58] = 2;
    byte[] line = known.clone();
    line[57] = 'x';
    return List.of(
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(US_ASCII),
        new byte[] {0x16, 3, 1, 2, 0},
        Seeds.bytes(new java.util.Random(3), 5_000),
        request("wrong", Network.TCP, LOOPBACK.withPort(9)),
        command,
        line);
  }

  @Test
  void whatIsNotTrojanGoesToTheFallbackUnchanged() {
    EchoServer web = echo(EchoServer.Mode.ECHO);
    for (byte[] probe : probes()) {
      Client client = client(LOOPBACK.withPort(web.port()));
      client.send(probe);
      assertThat(client.read(probe.length)).isEqualTo(probe);
      client.send("and more");
      assertThat(client.readText(8)).isEqualTo("and more");
      Session session = session();
      assertThat(session.userId()).isNull();
      assertThat(session.destination()).isEqualTo(LOOPBACK.withPort(web.port()));
      client.endOutput();
      assertThat(client.readAll()).isEmpty();
      Await.until("finished", () -> session.closeReason() == CloseReason.FINISHED);
    }
    assertThat(engine.sessions()).hasSize(probes().size());
  }

  @Test
  void aProbeThatComesByteByByteGoesToTheFallbackToo() {
    EchoServer web = echo(EchoServer.Mode.ECHO);
    byte[] probe = request("wrong", Network.TCP, LOOPBACK.withPort(9));
    Client client = client(LOOPBACK.withPort(web.port()));
    for (byte b : probe) {
      client.send(new byte[] {b});
    }
    assertThat(client.read(probe.length)).isEqualTo(probe);
  }

  @Test
  void aRequestCutShortGoesToTheFallbackAtItsEnd() {
    EchoServer web = echo(EchoServer.Mode.ECHO_AFTER_END);
    byte[] cut = Arrays.copyOf(request("password", Network.TCP, LOOPBACK.withPort(9)), 60);
    Client client = client(LOOPBACK.withPort(web.port()));
    client.send(cut).endOutput();
    assertThat(client.readAll()).isEqualTo(cut);
  }

  @Test
  void aRequestThatStaysSilentGoesToTheFallbackWhenItsTimeIsUp() {
    engine.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(200));
    EchoServer web = echo(EchoServer.Mode.ECHO);
    byte[] cut = Arrays.copyOf(request("password", Network.TCP, LOOPBACK.withPort(9)), 60);
    Client client = client(LOOPBACK.withPort(web.port()));
    client.send(cut);
    assertThat(client.read(cut.length)).isEqualTo(cut);
  }

  @Test
  void withoutAFallbackEverythingIsReadAndNothingAnswered() {
    for (byte[] probe : probes()) {
      Client client = client(null);
      client.send(probe);
      // More than the socket's buffers hold: it would block if nobody read.
      client.send(new byte[8 << 20]);
      client.endOutput();
      assertThat(client.readAll()).as("an end, no reset").isEmpty();
    }
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void anUnreachableFallbackIsAsGoodAsNone() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Client client = client(LOOPBACK.withPort(closed));
    client.send("GET / HTTP/1.1\r\n\r\n");
    client.send(new byte[8 << 20]);
    client.endOutput();
    assertThat(client.readAll()).isEmpty();
    assertThat(session().closeReason()).isEqualTo(CloseReason.REFUSED);
  }

  @Test
  void drainingEndsWithTheTimeForTheHandshake() {
    engine.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(300));
    Client garbage = client(null);
    garbage.send("GET / HTTP/1.1\r\n\r\n");
    assertThat(garbage.readAll()).isEmpty();
    Client silent = client(null);
    assertThat(silent.readAll()).isEmpty();
    Client cut = client(null);
    cut.send(Arrays.copyOf(request("password", Network.TCP, LOOPBACK.withPort(9)), 60));
    assertThat(cut.readAll()).isEmpty();
  }

  // UDP

  private static byte[] packet(int port, byte[] payload) {
    ByteBuffer packet = ByteBuffer.allocate(11 + payload.length);
    packet.put(new byte[] {1, 127, 0, 0, 1}).putShort((short) port);
    return packet.putShort((short) payload.length).putShort((short) 0x0d0a).put(payload).array();
  }

  @Test
  void oneAssociationReachesManyPeers() {
    EchoServer a = echo(EchoServer.Mode.ECHO);
    EchoServer b = echo(EchoServer.Mode.ECHO);
    Client client = client(null);
    byte[] first = Seeds.bytes(new java.util.Random(1), 1_400);
    client.send(
        glued(
            request("password", Network.UDP, Destination.of("0.0.0.0", 0)),
            packet(a.port(), first)));
    assertThat(client.read(11 + first.length)).isEqualTo(packet(a.port(), first));
    byte[] large = Seeds.bytes(new java.util.Random(2), 65_507);
    client.send(packet(b.port(), large));
    assertThat(client.read(11 + large.length)).isEqualTo(packet(b.port(), large));
    Session session = session();
    assertThat(engine.sessions()).hasSize(1);
    assertThat(session.network()).isEqualTo(Network.UDP);
    assertThat(session.userId()).isEqualTo("ann");
    assertThat(session.sent()).isEqualTo(1_400 + 65_507);
    client.close();
    Await.until("over", () -> session.closeReason() == CloseReason.FINISHED);
  }

  @Test
  void aSessionThatEndedIsFollowedByAnotherOnTheSameStream() {
    EchoServer echo = echo(EchoServer.Mode.ECHO);
    Client client = client(null);
    byte[] packet = packet(echo.port(), new byte[] {1});
    client.send(glued(request("password", Network.UDP, LOOPBACK), packet));
    assertThat(client.read(packet.length)).isEqualTo(packet);
    Session first = session();
    first.close(CloseReason.IDLE);
    Await.until("ended", () -> first.closeReason() != null);
    client.send(packet);
    assertThat(client.read(packet.length)).isEqualTo(packet);
    assertThat(engine.sessions()).hasSize(2);
  }

  @Test
  void anAssociationWithoutDatagramsIsClosedInTheEnd() {
    engine.with(EngineOptions.UDP_SESSION_TIMEOUT, Duration.ofMillis(150));
    Client client = client(null);
    client.send(request("password", Network.UDP, LOOPBACK));
    assertThat(client.readAll()).isEmpty();
  }

  @Test
  void aMalformedPacketEndsTheAssociation() {
    EchoServer echo = echo(EchoServer.Mode.ECHO);
    Client client = client(null);
    byte[] packet = packet(echo.port(), new byte[] {1});
    client.send(glued(request("password", Network.UDP, LOOPBACK), packet));
    assertThat(client.read(packet.length)).isEqualTo(packet);
    client.send(new byte[] {9, 9, 9});
    assertThat(client.ends()).isTrue();
    Await.until("over", () -> session().closeReason() == CloseReason.FINISHED);
  }
}
