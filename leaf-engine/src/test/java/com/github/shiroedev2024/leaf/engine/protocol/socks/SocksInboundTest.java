package com.github.shiroedev2024.leaf.engine.protocol.socks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class SocksInboundTest {
  private static final List<User> USERS =
      List.of(
          new User(null, "ann", "secret", null),
          new User("the-b", "bob", "pässword", "0000-1"),
          new User(null, "cid", "x", "uuid-c"));

  @Parameter boolean preferNative;

  private final List<AutoCloseable> open = new ArrayList<>();

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

  private SmallEngine engine() {
    return closing(new SmallEngine(preferNative));
  }

  private Client client(int port) {
    return closing(new Client(port));
  }

  private static int listen(SmallEngine engine, User... users) {
    return engine.listen(context -> new SocksInbound("in", List.of(users), context));
  }

  private static String connect5(int port) {
    return "05 01 00 01 7f000001 %04x".formatted(port);
  }

  @Test
  void connectsToIpv4() {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    Client client = client(listen(engine));
    client.sendHex("05 01 00");
    assertThat(client.readHex(2)).isEqualTo("0500");
    client.sendHex(connect5(echo.port()));
    assertThat(client.readHex(10)).isEqualTo("05000001000000000000");
    assertThat(client.send("hello").readText(5)).isEqualTo("hello");
    client.endOutput();
    assertThat(client.ends()).isTrue();
    Session session = engine.sessions().getFirst();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.FINISHED);
    assertThat(session.sent()).isEqualTo(5);
    assertThat(session.received()).isEqualTo(5);
    assertThat(session.inboundTag()).isEqualTo("in");
    assertThat(session.source()).isEqualTo(client.localAddress());
    assertThat(session.destination()).isEqualTo(Destination.of("127.0.0.1", echo.port()));
    assertThat(session.userId()).isNull();
  }

  @Test
  void connectsToIpv6AndToNames() {
    SmallEngine engine = engine();
    EchoServer six = closing(EchoServer.start(EchoServer.Mode.ECHO, InetAddress.ofLiteral("::1")));
    EchoServer four = closing(EchoServer.start(EchoServer.Mode.ECHO));
    int port = listen(engine);
    Client client = client(port).sendHex("05 01 00");
    client.sendHex("05 01 00 04 00000000000000000000000000000001 %04x".formatted(six.port()));
    assertThat(client.readHex(12)).isEqualTo("0500" + "05000001000000000000");
    assertThat(client.send("six").readText(3)).isEqualTo("six");

    Client named = client(port).sendHex("05 01 00");
    named.sendHex("05 01 00 03 09 6c6f63616c686f7374 %04x".formatted(four.port()));
    assertThat(named.readHex(12)).isEqualTo("0500" + "05000001000000000000");
    assertThat(named.send("name").readText(4)).isEqualTo("name");
    assertThat(engine.sessions().getLast().destination().isDomain()).isTrue();
  }

  @Test
  void socks4And4a() {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    int port = listen(engine);
    Client four = client(port).sendHex("04 01 %04x 7f000001 6d6500".formatted(echo.port()));
    assertThat(four.readHex(8)).isEqualTo("005a000000000000");
    assertThat(four.send("4").readText(1)).isEqualTo("4");
    Client named =
        client(port).sendHex("04 01 %04x 00000001 00 6c6f63616c686f737400".formatted(echo.port()));
    assertThat(named.readHex(8)).isEqualTo("005a000000000000");
    assertThat(named.send("4a").readText(2)).isEqualTo("4a");
  }

  @Test
  void anEagerClientLosesNothing() {
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO_AFTER_END));
    int port = listen(engine());
    byte[] payload = Seeds.bytes(new Random(1), 200_000);
    Client glued = client(port);
    byte[] head = Client.hex("05 01 00" + connect5(echo.port()));
    byte[] all = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    glued.send(all).endOutput();
    assertThat(glued.readHex(12)).isEqualTo("0500" + "05000001000000000000");
    assertThat(glued.readAll()).isEqualTo(payload);
  }

  @Test
  void byteByByte() {
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    Client client = client(listen(engine(), USERS.toArray(User[]::new)));
    for (byte b :
        Client.hex("05 02 00 02  01 03 616e6e 06 736563726574" + connect5(echo.port()) + "4142")) {
      client.send(new byte[] {b});
    }
    assertThat(client.readHex(14)).isEqualTo("0502" + "0100" + "05000001000000000000");
    assertThat(client.readText(2)).isEqualTo("AB");
  }

  @Test
  void logsIn() {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    int port = listen(engine, USERS.toArray(User[]::new));
    for (var each :
        List.of(
            List.of("03 616e6e 06 736563726574", "ann"),
            List.of("03 626f62 09 70c3a47373776f7264", "the-b"),
            List.of("03 636964 01 78", "uuid-c"))) {
      Client client = client(port).sendHex("05 01 02 01" + each.get(0) + connect5(echo.port()));
      assertThat(client.readHex(14)).isEqualTo("0502" + "0100" + "05000001000000000000");
      assertThat(engine.sessions().getLast().userId()).isEqualTo(each.get(1));
    }
  }

  @Test
  void refusesBadLogins() {
    SmallEngine engine = engine();
    int port = listen(engine, USERS.toArray(User[]::new));
    for (String login : List.of("03 616e6e 05 7365637265", "03 7a7a7a 06 736563726574", "00 00")) {
      Client client = client(port).sendHex("05 01 02 01" + login + connect5(1));
      assertThat(client.readHex(4)).isEqualTo("0502" + "0101");
      assertThat(client.ends()).isTrue();
    }
    Client without = client(port).sendHex("05 01 00");
    assertThat(without.readHex(2)).isEqualTo("05ff");
    assertThat(without.ends()).isTrue();
    Client four = client(port).sendHex("04 01 0050 7f000001 616e6e00");
    assertThat(four.readHex(8)).isEqualTo("005b000000000000");
    assertThat(four.ends()).isTrue();
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void asksForNoLoginWhereThereAreNoUsers() {
    Client client = client(listen(engine())).sendHex("05 01 02");
    assertThat(client.readHex(2)).isEqualTo("05ff");
    assertThat(client.ends()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02 00 01 7f000001 0050 07", // BIND
        "09 00 01 7f000001 0050 07", // no such command
        "01 00 02 7f000001 0050 08", // no such address type
        "01 00 03 00 0050       01", // no name
        "01 00 03 02 610a 0050  01", // a name that is none
      })
  void answersWhatItCannotDo(String request) {
    String hex = request.replace(" ", "");
    String reply = hex.substring(hex.length() - 2);
    Client client = client(listen(engine())).sendHex("05 01 00");
    assertThat(client.readHex(2)).isEqualTo("0500");
    client.sendHex("05" + hex.substring(0, hex.length() - 2));
    assertThat(client.readHex(10)).isEqualTo("05" + reply + "0001000000000000");
    assertThat(client.ends()).isTrue();
  }

  @Test
  void tellsWhyAConnectionFailed() throws IOException {
    SmallEngine engine = engine();
    int port = listen(engine);
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Client refused = client(port).sendHex("05 01 00" + connect5(free));
    assertThat(refused.readHex(12)).isEqualTo("0500" + "05050001000000000000");
    assertThat(refused.ends()).isTrue();
    Client four = client(port).sendHex("04 01 %04x 7f000001 00".formatted(free));
    assertThat(four.readHex(8)).isEqualTo("005b000000000000");
    engine.through(new DropOutbound("drop"));
    Client dropped = client(port).sendHex("05 01 00" + connect5(free));
    assertThat(dropped.readHex(12)).isEqualTo("0500" + "05020001000000000000");
    assertThat(dropped.ends()).isTrue();
    assertThat(engine.sessions().getLast().closeReason()).isEqualTo(CloseReason.DROPPED);
  }

  @Test
  void closesHandshakesThatTakeTooLong() {
    SmallEngine engine =
        engine().with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(200));
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    int port = listen(engine);
    assertThat(client(port).ends()).isTrue();
    assertThat(client(port).sendHex("05").ends()).isTrue();
    Client half = client(port).sendHex("05 01 00 05 01");
    assertThat(half.readHex(2)).isEqualTo("0500");
    assertThat(half.ends()).isTrue();
    // One that is done in time stays.
    Client done = client(port).sendHex("05 01 00" + connect5(echo.port()));
    done.readHex(12);
    assertThat(client(port).ends()).isTrue(); // as long as the timeout
    assertThat(done.send("on").readText(2)).isEqualTo("on");
  }

  @Test
  void closesOnGarbage() {
    SmallEngine engine = engine();
    int port = listen(engine);
    Seeds.forEach(
        40,
        random -> {
          try (Client client = new Client(port)) {
            byte[] garbage = Seeds.bytes(random, 1 + random.nextInt(2_000));
            if (garbage[0] == 4 || garbage[0] == 5) {
              garbage[0] = 'G';
            }
            client.send(garbage);
            assertThat(client.ends()).isTrue();
          }
        });
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void endsWithTheClientThatGoesWhileConnecting() {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    Client client = new Client(listen(engine));
    client.sendHex("05 01 00" + connect5(echo.port()));
    client.close();
    Await.until(
        "session ended",
        () -> !engine.sessions().isEmpty() && engine.sessions().getFirst().closeReason() != null);
  }

  // -- UDP ---------------------------------------------------------------------------------------

  private static InetSocketAddress associate(Client client) throws IOException {
    client.sendHex("05 01 00 05 03 00 01 00000000 0000");
    assertThat(client.readHex(2)).isEqualTo("0500");
    assertThat(client.readHex(4)).isEqualTo("05000001");
    ByteBuffer bound = ByteBuffer.wrap(client.read(6));
    byte[] ip = new byte[4];
    bound.get(ip);
    return new InetSocketAddress(InetAddress.getByAddress(ip), bound.getShort() & 0xffff);
  }

  private DatagramSocket udp() throws IOException {
    DatagramSocket socket =
        closing(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    socket.setSoTimeout(10_000);
    socket.setReceiveBufferSize(1 << 20);
    return socket;
  }

  private static void send(DatagramSocket from, InetSocketAddress to, String header, byte[] payload)
      throws IOException {
    byte[] head = Client.hex(header);
    byte[] all = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    from.send(new DatagramPacket(all, all.length, to));
  }

  private static byte[] receive(DatagramSocket socket, String header) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(packet);
    byte[] head = Client.hex(header);
    byte[] all = Arrays.copyOf(packet.getData(), packet.getLength());
    assertThat(Arrays.copyOf(all, head.length)).isEqualTo(head);
    return Arrays.copyOfRange(all, head.length, all.length);
  }

  private static String header(int port) {
    return "00 00 00 01 7f000001 %04x".formatted(port);
  }

  @Test
  void relaysDatagramsOfEverySize() throws IOException {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    Client client = client(listen(engine));
    InetSocketAddress relay = associate(client);
    assertThat(relay.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    DatagramSocket udp = udp();
    Random random = new Random(7);
    long sum = 0;
    // 65,497 and the header are the 65,507 bytes an IPv4 datagram can hold.
    for (int size : new int[] {1, 2, 512, 1472, 4096, 4097, 9000, 32_768, 65_000, 65_497}) {
      byte[] payload = Seeds.bytes(random, size);
      send(udp, relay, header(echo.port()), payload);
      assertThat(receive(udp, header(echo.port()))).isEqualTo(payload);
      sum += size;
    }
    assertThat(engine.sessions()).hasSize(1);
    Session session = engine.sessions().getFirst();
    assertThat(session.network()).isEqualTo(Network.UDP);
    assertThat(session.source()).isEqualTo(udp.getLocalSocketAddress());
    assertThat(session.sent()).isEqualTo(sum);
    assertThat(session.received()).isEqualTo(sum);
    assertThat(session.closeReason()).isNull();
    client.close();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.FINISHED);
  }

  @Test
  void eachSourceAddressIsASessionAndNamesStayNames() throws IOException {
    SmallEngine engine = engine();
    EchoServer one = closing(EchoServer.start(EchoServer.Mode.ECHO));
    EchoServer two = closing(EchoServer.start(EchoServer.Mode.ECHO));
    InetSocketAddress relay = associate(client(listen(engine)));
    DatagramSocket a = udp();
    DatagramSocket b = udp();
    byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3; i++) {
      send(a, relay, header(one.port()), payload);
      receive(a, header(one.port()));
      send(a, relay, header(two.port()), payload);
      receive(a, header(two.port()));
      send(b, relay, "00 00 00 03 09 6c6f63616c686f7374 %04x".formatted(two.port()), payload);
      receive(b, header(two.port()));
    }
    assertThat(engine.sessions()).hasSize(2);
    assertThat(engine.sessions().getLast().destination().host()).isEqualTo("localhost");
  }

  @Test
  void aNewSessionFollowsOneThatEnded() throws IOException {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    InetSocketAddress relay = associate(client(listen(engine)));
    DatagramSocket udp = udp();
    byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
    send(udp, relay, header(echo.port()), payload);
    receive(udp, header(echo.port()));
    Session first = engine.sessions().getFirst();
    engine.onLoop(first, () -> first.end(CloseReason.IDLE, null));
    send(udp, relay, header(echo.port()), payload);
    receive(udp, header(echo.port()));
    assertThat(engine.sessions()).hasSize(2);
  }

  @Test
  void dropsWhatItMust() throws IOException {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    InetSocketAddress relay = associate(client(listen(engine)));
    DatagramSocket udp = udp();
    byte[] payload = "dropped".getBytes(StandardCharsets.UTF_8);
    send(udp, relay, "00 00 01 01 7f000001 %04x".formatted(echo.port()), payload);
    send(udp, relay, "00 01 00 01 7f000001 %04x".formatted(echo.port()), payload);
    send(udp, relay, "00 00 00 01 7f", new byte[0]);
    send(udp, relay, "", new byte[0]);
    Seeds.forEach(50, random -> send(udp, relay, "ff", Seeds.bytes(random, random.nextInt(99))));
    // Another IP than the client's; all of 127.0.0.0/8 is ours on Linux.
    try (DatagramSocket stranger =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0))) {
      send(stranger, relay, header(echo.port()), payload);
      stranger.setSoTimeout(200);
      assertThatThrownBy(() -> receive(stranger, "")).isInstanceOf(SocketTimeoutException.class);
    }
    byte[] kept = "kept".getBytes(StandardCharsets.UTF_8);
    send(udp, relay, header(echo.port()), kept);
    assertThat(receive(udp, header(echo.port()))).isEqualTo(kept);
    assertThat(engine.sessions()).hasSize(1);
    assertThat(echo.datagramsReceived()).isEqualTo(1);
  }

  @Test
  void anAnnouncedDestinationLimitsNothing() throws IOException {
    // v2ray announces where the first datagram goes to, which here is on the client's own IP.
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    DatagramSocket udp = udp();
    Client client = client(listen(engine()));
    client.sendHex("05 01 00 05 03 00 01 7f000001 %04x".formatted(echo.port()));
    client.read(2 + 8);
    int port = ByteBuffer.wrap(client.read(2)).getShort() & 0xffff;
    InetSocketAddress relay = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    send(udp, relay, header(echo.port()), new byte[2]);
    assertThat(receive(udp, header(echo.port()))).hasSize(2);
  }

  @Test
  void associationsOfManySourcesAreBounded() throws IOException {
    SmallEngine engine = engine().through(new DropOutbound("drop"));
    InetSocketAddress relay = associate(client(listen(engine)));
    for (int i = 0; i < 600; i++) {
      try (DatagramSocket source =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        send(source, relay, header(9), new byte[1]);
      }
      int now = i;
      // Sessions of a dropping outbound end at once, so that each source still gets its turn.
      Await.until("session of source " + i, () -> engine.sessions().size() > now);
    }
    assertThat(engine.sessions()).allMatch(s -> s.closeReason() == CloseReason.DROPPED);
  }

  // -- curl --------------------------------------------------------------------------------------

  @Test
  void servesCurl() throws Exception {
    String curl = PeerProgram.require("curl").toString();
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] body =
              ("you asked for " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    closing(() -> web.stop(0));
    String url = "http://localhost:" + web.getAddress().getPort() + "/page";
    SmallEngine engine = engine();
    int port = listen(engine);
    int login = listen(engine, USERS.toArray(User[]::new));
    for (String proxy :
        List.of(
            "socks5h://127.0.0.1:" + port,
            "socks5://127.0.0.1:" + port,
            "socks4a://127.0.0.1:" + port,
            "socks4://127.0.0.1:" + port,
            "socks5h://ann:secret@127.0.0.1:" + login)) {
      assertThat(run(curl, "-4", "-sS", "-m", "10", "-x", proxy, url))
          .as(proxy)
          .isEqualTo("0 you asked for /page");
    }
    assertThat(run(curl, "-sS", "-m", "10", "-x", "socks5h://ann:no@127.0.0.1:" + login, url))
        .startsWith("97 ");
    assertThat(run(curl, "-sS", "-m", "10", "-x", "socks4a://127.0.0.1:" + login, url))
        .startsWith("97 ");
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }
}
