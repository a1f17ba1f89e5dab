package com.github.shiroedev2024.leaf.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.SocketOutbound;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Probes over real sockets. */
@ExtendWith(LeakCheck.class)
final class DefaultProberTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private static final MultiThreadIoEventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closePeers() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    opened.clear();
  }

  @AfterAll
  static void end() throws Exception {
    LOOPS.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).await(10, TimeUnit.SECONDS);
  }

  private DefaultProber prober(int slots) {
    return new DefaultProber(
        LOOPS,
        SocketOutbound.SYSTEM,
        EngineOptions.defaults().with(EngineOptions.MAX_PROBES, slots),
        ProbeTarget.DEFAULT);
  }

  private final SocketOutbound direct = new SocketOutbound("direct");

  private static ProbeTarget page(int port, String path) {
    return ProbeTarget.DEFAULT
        .withUrl(URI.create("http://127.0.0.1:" + port + path))
        .withTimeout(TIMEOUT);
  }

  private SessionException failure(Future<?> probe) {
    Throwable cause = Await.failure(probe);
    assertThat(cause).isInstanceOf(SessionException.class);
    return (SessionException) cause;
  }

  private HttpServer web() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.createContext("/generate_204", x -> answer(x, 204));
    server.createContext("/page", x -> answer(x, 200));
    server.createContext("/moved", x -> answer(x, 302));
    server.createContext("/broken", x -> answer(x, 502));
    server.createContext("/lie/generate_204", x -> answer(x, 200));
    server.start();
    opened.add(() -> server.stop(0));
    return server;
  }

  private final ConcurrentLinkedQueue<String> hosts = new ConcurrentLinkedQueue<>();

  private void answer(HttpExchange exchange, int status) throws IOException {
    hosts.add(exchange.getRequestHeaders().getFirst("Host"));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /** A server that does this with every connection. */
  private int server(Conversation conversation) throws IOException {
    ServerSocket listener = new ServerSocket(0, 500, LOOPBACK);
    opened.add(listener);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (true) {
                  Socket socket = listener.accept();
                  Thread.ofPlatform().daemon().start(() -> talk(conversation, socket));
                }
              } catch (SocketException e) {
                assertThat(listener.isClosed()).isTrue();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    return listener.getLocalPort();
  }

  private interface Conversation {
    void with(Socket socket) throws IOException;
  }

  private static void talk(Conversation conversation, Socket socket) {
    try (socket) {
      conversation.with(socket);
    } catch (IOException e) {
      // the probe has hung up, as it may
      assertThat(e).isNotNull();
    }
  }

  /** A UDP server that answers each datagram by what the function makes of it; null: not at all. */
  private int udp(UnaryOperator<byte[]> reply) throws SocketException {
    DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
    opened.add(socket);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              byte[] buffer = new byte[1500];
              try {
                while (true) {
                  DatagramPacket in = new DatagramPacket(buffer, buffer.length);
                  socket.receive(in);
                  byte[] query = Arrays.copyOf(buffer, in.getLength());
                  byte[] out = reply.apply(query);
                  socket.send(new DatagramPacket(out, out.length, in.getSocketAddress()));
                }
              } catch (IOException e) {
                assertThat(socket.isClosed()).isTrue();
              }
            });
    return socket.getLocalPort();
  }

  private static ProbeTarget dns(int port) {
    return ProbeTarget.DEFAULT.withDns("127.0.0.1:" + port + "/www.example.com");
  }

  private static byte[] dnsReply(byte[] query, int code) {
    byte[] reply = query.clone();
    reply[2] |= (byte) 0x80;
    reply[3] = (byte) code;
    return reply;
  }

  @Test
  void measuresAPageThatAnswersRight() throws IOException {
    int port = web().getAddress().getPort();
    DefaultProber prober = prober(4);
    for (String path : List.of("/generate_204", "/page", "/moved")) {
      Duration trip = Await.result(prober.probe(direct, Network.TCP, page(port, path)));
      assertThat(trip).isPositive().isLessThan(TIMEOUT);
    }
    assertThat(hosts).containsOnly("127.0.0.1:" + port);
    Await.until("all connections closed", () -> direct.open() == 0);
    assertThat(direct.sessions).allSatisfy(s -> assertThat(s.inboundTag()).isEqualTo("probe"));
  }

  @Test
  void aWrongStatusIsAFailure() throws IOException {
    int port = web().getAddress().getPort();
    SessionException broken = failure(prober(4).probe(direct, Network.TCP, page(port, "/broken")));
    assertThat(broken)
        .hasMessage(
            "probe of 'direct' over tcp: http://127.0.0.1:"
                + port
                + "/broken answered HTTP status 502");
    SessionException lie =
        failure(prober(4).probe(direct, Network.TCP, page(port, "/lie/generate_204")));
    assertThat(lie).hasMessageEndingWith("answered HTTP status 200 instead of 204");
  }

  @Test
  void endOfStreamIsNotSuccess() throws IOException {
    int port = server(socket -> assertThat(socket.getInputStream().read()).isPositive());
    assertThat(failure(prober(4).probe(direct, Network.TCP, page(port, "/"))))
        .hasMessageMatching("probe of 'direct' over tcp: .*(closed|reset).*");
  }

  @Test
  void whatIsNotHttpIsAFailure() throws IOException {
    int port =
        server(
            socket ->
                socket
                    .getOutputStream()
                    .write("SSH-2.0-server\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(failure(prober(4).probe(direct, Network.TCP, page(port, "/"))))
        .hasMessage("probe of 'direct' over tcp: the answer is not HTTP");
  }

  @Test
  void aSilentPeerTimesOut() throws IOException {
    int port = server(socket -> assertThat(socket.getInputStream().readAllBytes()).isNotEmpty());
    ProbeTarget target = page(port, "/").withTimeout(Duration.ofMillis(100));
    SessionException e = failure(prober(4).probe(direct, Network.TCP, target));
    assertThat(e.reason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
    assertThat(e).hasMessage("probe of 'direct' over tcp: no answer within 100 ms");
    Await.until("the connection is closed", () -> direct.open() == 0);
  }

  @Test
  void anOutboundThatNeverConnectsTimesOutAndIsCancelled() {
    SocketOutbound silent = new SocketOutbound("silent");
    silent.silent = true;
    ProbeTarget target = page(1, "/").withTimeout(Duration.ofMillis(50));
    assertThat(failure(prober(4).probe(silent, Network.TCP, target)))
        .hasMessage("probe of 'silent' over tcp: no connection within 50 ms");
    Await.until("the dial is cancelled", () -> silent.dials.peek().isCancelled());
  }

  @Test
  void aRefusedDialTellsSo() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
      port = free.getLocalPort();
    }
    assertThat(failure(prober(4).probe(direct, Network.TCP, page(port, "/"))))
        .hasMessageContaining("refused");
  }

  @Test
  void measuresADnsAnswer() throws SocketException {
    int right = udp(query -> dnsReply(query, 0));
    Duration trip =
        Await.result(prober(4).probe(direct, Network.UDP, dns(right).withTimeout(TIMEOUT)));
    assertThat(trip).isPositive().isLessThan(TIMEOUT);
    Await.until("the association is closed", () -> direct.open() == 0);
  }

  @Test
  void aDnsErrorIsAFailure() throws SocketException {
    int fails = udp(query -> dnsReply(query, 2));
    assertThat(failure(prober(4).probe(direct, Network.UDP, dns(fails).withTimeout(TIMEOUT))))
        .hasMessage("probe of 'direct' over udp: the DNS server answered with error code 2");
  }

  @Test
  void aForeignDatagramIsNoAnswer() throws SocketException {
    int forger =
        udp(
            query -> {
              byte[] reply = dnsReply(query, 0);
              reply[0]++;
              return reply;
            });
    assertThat(
            failure(
                prober(4)
                    .probe(direct, Network.UDP, dns(forger).withTimeout(Duration.ofMillis(100)))))
        .hasMessage("probe of 'direct' over udp: no answer within 100 ms");
  }

  @Test
  void asksALeafServerForItsPong() throws IOException {
    SocketOutbound leaf = new SocketOutbound("leaf");
    int tcp =
        server(
            socket -> {
              assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("PING");
              socket.getOutputStream().write("PONG".getBytes(StandardCharsets.US_ASCII));
            });
    int udp =
        udp(
            query -> {
              assertThat(query).asString().isEqualTo("PING");
              return "PONG".getBytes(StandardCharsets.US_ASCII);
            });
    leaf.redirect(Network.TCP, tcp);
    leaf.redirect(Network.UDP, udp);
    ProbeTarget target =
        ProbeTarget.DEFAULT.withUrl(URI.create("http://healthcheck.leaf/")).withTimeout(TIMEOUT);
    assertThat(Await.result(prober(4).probe(leaf, Network.TCP, target))).isPositive();
    assertThat(Await.result(prober(4).probe(leaf, Network.UDP, target))).isPositive();
    assertThat(leaf.sessions)
        .allSatisfy(s -> assertThat(s.destination()).hasToString("healthcheck.leaf:80"));
  }

  @Test
  void failsAtOnceForANetworkThatIsNotCarried() {
    SocketOutbound stream = new SocketOutbound("stream", EnumSet.of(Network.TCP));
    Future<Duration> probe = prober(1).probe(stream, Network.UDP, ProbeTarget.DEFAULT);
    assertThat(probe.cause())
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(CloseReason.NOT_SUPPORTED))
        .hasMessage("'stream' does not carry udp");
  }

  @Test
  void hundredsAtOnceAreAllAnsweredButNeverMoreThanAllowedRun() throws IOException {
    int port = web().getAddress().getPort();
    DefaultProber prober = prober(8);
    List<Future<Duration>> probes = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      probes.add(prober.probe(direct, Network.TCP, page(port, "/generate_204")));
    }
    for (Future<Duration> probe : probes) {
      assertThat(Await.result(Duration.ofSeconds(30), probe)).isPositive();
    }
    assertThat(direct.mostOpen()).isLessThanOrEqualTo(8);
  }

  @Test
  void waitingInLineCountsNeitherForTheResultNorForTheTimeout() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    int slow =
        server(
            socket -> {
              try {
                assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              socket
                  .getOutputStream()
                  .write("HTTP/1.1 204 No Content\r\n".getBytes(StandardCharsets.US_ASCII));
            });
    int quick = web().getAddress().getPort();
    DefaultProber prober = prober(1);
    Future<Duration> first = prober.probe(direct, Network.TCP, page(slow, "/"));
    Future<Duration> given = prober.probe(direct, Network.TCP, page(quick, "/page"));
    Future<Duration> third =
        prober.probe(direct, Network.TCP, page(quick, "/page").withTimeout(Duration.ofSeconds(2)));
    given.cancel(false);
    long begun = System.nanoTime();
    assertThat(third.await(100, TimeUnit.MILLISECONDS)).isFalse();
    go.countDown();
    assertThat(Await.result(first)).isPositive();
    Duration trip = Await.result(third);
    assertThat(trip.toNanos()).isLessThan(System.nanoTime() - begun - 100_000_000);
  }

  @Test
  void cancellingAProbeFreesItsPlace() throws IOException {
    int port = server(socket -> assertThat(socket.getInputStream().readAllBytes()).isNotEmpty());
    DefaultProber prober = prober(1);
    Future<Duration> stuck = prober.probe(direct, Network.TCP, page(port, "/"));
    Await.until("it is connected", () -> direct.open() == 1);
    stuck.cancel(false);
    int quick = web().getAddress().getPort();
    assertThat(Await.result(prober.probe(direct, Network.TCP, page(quick, "/page")))).isPositive();
    Await.until("the connection is closed", () -> direct.open() == 0);
  }
}
