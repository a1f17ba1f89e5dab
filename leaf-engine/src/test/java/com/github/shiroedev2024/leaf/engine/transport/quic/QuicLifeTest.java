package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.FakeOutboundContext;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.trojan.TrojanInboundType;
import com.github.shiroedev2024.leaf.engine.protocol.trojan.TrojanType;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import com.github.shiroedev2024.leaf.engine.transport.Transfers;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections: shared, kept alive, lost, given up. */
@ExtendWith(LeakCheck.class)
class QuicLifeTest {
  private final QuicTunnel tunnel = new QuicTunnel();
  private final EchoServer echo = EchoServer.start(Mode.ECHO);

  @AfterEach
  void close() {
    tunnel.close();
    echo.close();
  }

  private Channel stream(QuicOutbound outbound, Session session) {
    return Await.result(
        tunnel.client.onLoop(
            session,
            () -> outbound.connect(session, session.destination(), tunnel.client.dialer())));
  }

  private static Destination local(int port) {
    return Destination.of("127.0.0.1", port);
  }

  @Test
  void streamsShareOneConnection() {
    QuicOutbound outbound = tunnel.outbound(tunnel.serve(echo.port()), Map.of());
    Transfers.many(tunnel.tunnel(outbound), 40);
    assertThat(outbound.connections()).isEqualTo(1);
  }

  @Test
  void aFullConnectionMakesRoomForAnother() {
    tunnel.server.with(EngineOptions.QUIC_MAX_CONCURRENT_BIDI_STREAMS, 3);
    QuicOutbound outbound = tunnel.outbound(tunnel.serve(echo.port()), Map.of());
    Transfers.many(tunnel.tunnel(outbound), 20);
    assertThat(outbound.connections()).isEqualTo(QuicPool.MAX_CONNECTIONS);
  }

  @Test
  void probesHaveConnectionsOfTheirOwn() {
    QuicOutbound outbound = tunnel.outbound(tunnel.serve(echo.port()), Map.of());
    Session probe =
        new Session(
            0,
            Network.TCP,
            "probe",
            new InetSocketAddress("127.0.0.1", 1),
            local(1),
            null,
            tunnel.client.loop(),
            SessionEvents.NONE,
            0);
    Channel stream = stream(outbound, probe);
    assertThat(outbound.connections()).isZero();
    Channel connection = stream.parent();
    Await.result(stream.close());
    Await.result(connection.closeFuture());
  }

  @Test
  void afterTheOutboundIsClosedItsStreamsGoOnAndThenTheConnectionCloses() {
    QuicOutbound outbound = tunnel.outbound(tunnel.serve(echo.port()), Map.of());
    int port = tunnel.tunnel(outbound);
    try (Client app = new Client(port)) {
      assertThat(app.send("one").readText(3)).isEqualTo("one");
      outbound.close();
      assertThat(app.send("two").readText(3)).isEqualTo("two");
    }
    Await.until("the server has no connection", () -> tunnel.listeners() == 0);
  }

  @Test
  void theServersEndIsToldAndTheNextConnectionRefused() {
    SmallEngine passing = new SmallEngine();
    int port = tunnel.tunnel(tunnel.serve(passing, Map.of(), QuicTunnel.forward(echo.port())));
    try (Client app = new Client(port)) {
      assertThat(app.send("one").readText(3)).isEqualTo("one");
      passing.close();
      assertThat(app.ends()).isTrue();
      Session lost = tunnel.ended();
      assertThat(lost.closeReason()).isEqualTo(CloseReason.REMOTE_RESET);
      assertThat(lost.closeDetail()).contains("the peer closed the connection (error 0)");
    }
    try (Client app = new Client(port)) {
      assertThat(app.send("x").ends()).isTrue();
      Await.until(
          "refused", () -> tunnel.client.sessions().getLast().closeReason() == CloseReason.REFUSED);
    }
  }

  @Test
  void silenceEndsAConnectionThatIsNotKeptAlive() {
    tunnel
        .client
        .with(EngineOptions.QUIC_KEEP_ALIVE_INTERVAL_MS, Duration.ZERO)
        .with(EngineOptions.QUIC_MAX_IDLE_TIMEOUT_MS, Duration.ofSeconds(1));
    try (Client app = new Client(tunnel.tunnel(tunnel.serve(echo.port())))) {
      assertThat(app.send("one").readText(3)).isEqualTo("one");
      Session lost = tunnel.ended();
      assertThat(lost.closeReason()).isEqualTo(CloseReason.REMOTE_RESET);
      assertThat(lost.closeDetail()).contains("nothing came on the connection for too long");
    }
  }

  @Test
  void aSilentStreamIsKeptAlive() {
    tunnel
        .client
        .with(EngineOptions.QUIC_KEEP_ALIVE_INTERVAL_MS, Duration.ofMillis(300))
        .with(EngineOptions.QUIC_MAX_IDLE_TIMEOUT_MS, Duration.ofSeconds(1));
    try (Client app = new Client(tunnel.tunnel(tunnel.serve(echo.port())))) {
      assertThat(app.send("one").readText(3)).isEqualTo("one");
      long silentSince = System.nanoTime();
      Await.until(
          "three idle timeouts are over",
          () -> System.nanoTime() - silentSince > Duration.ofSeconds(3).toNanos());
      assertThat(app.send("two").readText(3)).isEqualTo("two");
    }
  }

  @Test
  void noStreamStaysInTheConnectionsTable() throws Exception {
    try (EchoServer reset = EchoServer.start(Mode.RESET)) {
      QuicOutbound outbound = tunnel.outbound(tunnel.serve(reset.port()), Map.of());
      Session session = tunnel.client.session(Network.TCP, local(1));
      Channel kept = stream(outbound, session);
      for (int i = 0; i < 20; i++) {
        Channel stream = stream(outbound, session);
        assertThat(stream.parent()).isSameAs(kept.parent());
        if (i % 2 == 0) {
          stream.pipeline().addLast(new Deaf());
          stream.writeAndFlush(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII));
          stream.config().setAutoRead(true);
          Await.until("the server has reset it", () -> !stream.isOpen());
        } else {
          Await.result(stream.close());
        }
      }
      Field field = kept.parent().getClass().getDeclaredField("streams");
      field.setAccessible(true);
      Map<?, ?> table = (Map<?, ?>) field.get(kept.parent());
      Await.until("only the one that lives is left", () -> table.size() == 1);
      Await.result(kept.close());
    }
  }

  /** Does not mind how it ends. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}
  }

  @Test
  void trojanCarriesDatagramsOverIt() {
    TrojanInboundType inbound = new TrojanInboundType();
    int port =
        tunnel.serve(
            Map.of(),
            context ->
                inbound.build(
                    new InboundSpec(
                        "trojan",
                        inbound,
                        new InetSocketAddress(0),
                        inbound.read(Certificates.valid(Map.of("passwords", List.of("word")))),
                        Source.NONE),
                    context));
    QuicOutbound quic = tunnel.outbound(port, Map.of());
    TrojanType type = new TrojanType();
    Outbound trojan =
        type.build(
            new OutboundSpec(
                "t",
                type,
                "trojan",
                type.read(Certificates.valid(Map.of("password", "word"))),
                List.of(),
                Source.NONE,
                false),
            new FakeOutboundContext(tunnel.client.dialer(), tunnel.client.options()));
    Destination target = local(echo.port());
    Session session = tunnel.client.session(Network.UDP, target);
    ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
    Channel path =
        Await.result(
            tunnel.client.onLoop(
                session,
                () ->
                    trojan.associate(
                        session, target, Layers.over(List.of(quic), tunnel.client.dialer()))));
    path.pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                Datagram datagram = (Datagram) msg;
                answers.add(
                    datagram.peer() + " " + datagram.content().toString(StandardCharsets.US_ASCII));
                datagram.release();
              }
            });
    path.config().setAutoRead(true);
    for (String text : List.of("one", "two")) {
      path.writeAndFlush(
          new Datagram(target, Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII)));
    }
    Await.until("both came back", () -> answers.size() == 2);
    assertThat(answers).containsExactlyInAnyOrder(target + " one", target + " two");
    Await.result(path.close());
  }
}
