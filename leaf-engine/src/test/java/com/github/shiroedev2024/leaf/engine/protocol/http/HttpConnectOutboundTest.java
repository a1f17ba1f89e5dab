package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
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
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
final class HttpConnectOutboundTest {
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

  private HttpConnectOutbound outbound(int port, String username, String password) {
    return new HttpConnectOutbound(
        "node",
        new HttpConnectOptions(Destination.of("127.0.0.1", port), username, password),
        new FakeOutboundContext(
            near.dialer(),
            EngineOptions.defaults()
                .with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofMillis(500))));
  }

  private ScriptedServer answering(String answer) {
    return closing(
        new ScriptedServer(
            peer -> {
              peer.readHead();
              peer.send(answer);
              peer.readAll();
            }));
  }

  private Future<Channel> connect(HttpConnectOutbound outbound, Destination to) {
    Session session = near.session(Network.TCP, to);
    Future<Channel> connected =
        near.onLoop(session, () -> outbound.connect(session, to, near.dialer()));
    Await.until("connected or not", connected::isDone);
    return connected;
  }

  private SessionException failure(HttpConnectOutbound outbound) {
    return (SessionException) connect(outbound, TARGET).cause();
  }

  @Test
  void asksByNameWithTheLogin() {
    List<String> heads = new ArrayList<>();
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  heads.add(peer.readHead());
                  peer.send("HTTP/1.1 200 OK\r\n\r\n");
                  peer.readAll();
                }));
    HttpConnectOutbound outbound = outbound(server.port(), "ann", "hush");
    Channel channel = connect(outbound, TARGET).getNow();
    assertThat(heads)
        .containsExactly(
            "CONNECT site.example:443 HTTP/1.1\r\nHost: site.example:443\r\n"
                + "Proxy-Authorization: Basic YW5uOmh1c2g=\r\n\r\n");
    assertThat(Path.of(channel).hops()).containsExactly(outbound);
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.close().syncUninterruptibly();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 407 Proxy Authentication Required, AUTH_FAILED",
    "HTTP/1.1 403 Forbidden, DROPPED",
    "HTTP/1.1 405 Method Not Allowed, NOT_SUPPORTED",
    "HTTP/1.0 502 Bad Gateway, REFUSED",
    "HTTP/1.1 503 Busy, LIMIT",
    "HTTP/1.1 504 Gateway Timeout, DIAL_TIMEOUT",
    "HTTP/1.1 400 Bad Request, HANDSHAKE_FAILED",
    "HTTP/1.1 301 Moved, HANDSHAKE_FAILED",
    "SSH-2.0-server, PROTOCOL_ERROR",
    "HTTP/2 200, PROTOCOL_ERROR",
  })
  void refusalsHaveTheirReasons(String line, CloseReason reason) {
    SessionException failure =
        failure(outbound(answering(line + "\r\nX: y\r\n\r\n").port(), "", ""));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageStartingWith("http proxy 127.0.0.1:");
    if (reason != CloseReason.PROTOCOL_ERROR) {
      assertThat(failure).hasMessageContaining(line).hasMessageContaining("site.example:443");
    }
  }

  @Test
  void silenceEndlessHeadsAndEarlyEndsAreTold() {
    assertThat(failure(outbound(answering("HTTP/1.1 200 OK\r\nX: ").port(), "", "")).reason())
        .isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
    String endless = "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000);
    assertThat(failure(outbound(answering(endless).port(), "", "")).reason())
        .isEqualTo(CloseReason.PROTOCOL_ERROR);
    ScriptedServer closes = closing(new ScriptedServer(ScriptedServer.Peer::readHead));
    assertThat(failure(outbound(closes.port(), "", "")).reason())
        .isEqualTo(CloseReason.HANDSHAKE_CLOSED);
    assertThat(connect(outbound(1, "", ""), Destination.of("a b", 1)).cause())
        .hasMessageContaining("does not fit");
  }

  /** A handshake that hands up whatever comes behind the head. */
  private static EmbeddedChannel handshake() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    Promise<Channel> ready = channel.eventLoop().newPromise();
    HttpConnectHandler.shake(
        channel,
        "the proxy",
        TARGET,
        "",
        Duration.ofSeconds(1),
        ready,
        () -> {
          channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
          channel.read();
        });
    ready.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel.pipeline().fireExceptionCaught(done.cause());
            channel.close();
          }
        });
    return channel;
  }

  @Test
  void aHeadIsReadHoweverItIsCut() {
    Outcome outcome =
        DecoderVerifier.of(HttpConnectOutboundTest::handshake)
            .verify(
                "HTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nA: b\n\r\nhello"
                    .getBytes(US_ASCII));
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.bytes()).isEqualTo("hello".getBytes(US_ASCII));
  }

  @Test
  void anyBytesAreReadWithoutHarm() {
    Seeds.forEach(
        200,
        random -> {
          byte[] bytes = Seeds.bytes(random, random.nextInt(300));
          byte[] begin = "HTTP/1.1 200 OK\r\n".getBytes(US_ASCII);
          System.arraycopy(begin, 0, bytes, 0, Math.min(bytes.length, random.nextInt(18)));
          Outcome outcome =
              DecoderVerifier.of(HttpConnectOutboundTest::handshake).rounds(2).verify(bytes);
          assertThat(outcome.failureCount()).isLessThan(2);
        });
  }

  @Test
  void datagramsAreNotCarried() {
    HttpConnectOutbound outbound = outbound(1, "", "");
    assertThat(outbound.carries(Network.UDP)).isFalse();
    Session session = near.session(Network.UDP, TARGET);
    Future<Channel> failed =
        near.onLoop(session, () -> outbound.associate(session, TARGET, near.dialer()));
    assertThat(((SessionException) failed.cause()).reason()).isEqualTo(CloseReason.NOT_SUPPORTED);
  }

  /** A CONNECT through our own inbound, the outbound and a server. */
  private Client through(HttpConnectOutbound outbound, Destination to) {
    near.through(outbound);
    int port = near.listen(context -> new HttpInbound("near", List.of(), context));
    Client client = closing(new Client(port));
    client.send("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    return client;
  }

  @Test
  void bytesBehindTheHeadAreTheStreams() {
    for (String head :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
            "HTTP/1.0 200\n\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\nA: b\r\n\r\n")) {
      ScriptedServer server =
          closing(
              new ScriptedServer(
                  peer -> {
                    peer.readHead();
                    peer.send(head + "welcome");
                  }));
      Client client = through(outbound(server.port(), "", ""), TARGET);
      assertThat(new String(client.readAll(), US_ASCII)).isEqualTo("welcome");
    }
  }

  @Test
  void aHeadMayComeByteByByte() {
    ScriptedServer server =
        closing(
            new ScriptedServer(
                peer -> {
                  peer.readHead();
                  peer.socket().setTcpNoDelay(true);
                  for (byte b : "HTTP/1.1 200 OK\r\nA: b\r\n\r\nhi".getBytes(US_ASCII)) {
                    peer.send(new byte[] {b});
                  }
                }));
    Client client = through(outbound(server.port(), "", ""), TARGET);
    assertThat(new String(client.readAll(), US_ASCII)).isEqualTo("hi");
  }

  @Test
  void carriesAStreamAndItsHalfCloseToOurServer() {
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO_AFTER_END));
    List<User> users = List.of(new User("a", "ann", "hush", null));
    int port = far.listen(context -> new HttpInbound("in", users, context));
    Destination to = Destination.of("127.0.0.1", echo.port());
    Client client = through(outbound(port, "ann", "hush"), to);
    byte[] payload = Seeds.bytes(new Random(7), 900_000);
    client.send(payload).endOutput();
    assertThat(client.readAll()).isEqualTo(payload);
    assertThat(far.sessions()).hasSize(1).first().extracting(Session::userId).isEqualTo("a");
    assertThat(failure(outbound(port, "ann", "wrong")).reason()).isEqualTo(CloseReason.AUTH_FAILED);
    assertThat(failure(outbound(port, "", "")).reason()).isEqualTo(CloseReason.AUTH_FAILED);
  }
}
