package com.github.shiroedev2024.leaf.engine.transport.amux;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.RealDialer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.Layers;
import com.github.shiroedev2024.leaf.engine.transport.Forward;
import com.github.shiroedev2024.leaf.engine.transport.Transfers;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client's half against the server's, over sockets. */
@ExtendWith(LeakCheck.class)
class AmuxTunnelTest {
  private final SmallEngine server = new SmallEngine();
  private final SmallEngine client = new SmallEngine();
  private final AtomicInteger connections = new AtomicInteger();
  private final List<AmuxOutbound> outbounds = new ArrayList<>();

  @AfterEach
  void close() {
    outbounds.forEach(AmuxOutbound::close);
    client.close();
    server.close();
  }

  /** Serves streams by handing them to the destination. */
  private record Muxed(AmuxLayer layer, Inbound behind, AtomicInteger connections)
      implements Inbound {
    @Override
    public String tag() {
      return "muxed";
    }

    @Override
    public void accept(Channel channel) {
      connections.incrementAndGet();
      layer.accept(channel, behind::accept);
    }
  }

  private int serve(SmallEngine engine, EchoServer target) {
    return engine.listen(
        context ->
            new Muxed(
                new AmuxLayer(List.of(), context.options()),
                new Forward(context.dispatcher(), destination(target.port())),
                connections));
  }

  private static Destination destination(int port) {
    return Destination.of("127.0.0.1", port);
  }

  private AmuxOutbound outbound(int port, int maxAccepts, int concurrency) {
    AmuxOutbound outbound =
        new AmuxOutbound(
            "m",
            new AmuxOptions(
                destination(port), List.of(), maxAccepts, concurrency, 0, Duration.ZERO),
            List.of(),
            client.options());
    outbounds.add(outbound);
    return outbound;
  }

  private int tunnel(AmuxOutbound outbound) {
    return client
        .through(outbound)
        .listen((InboundContext c) -> new Forward(c.dispatcher(), Destination.of("ignored", 1)));
  }

  @Test
  void sixtyFourMebibytesBothWays() {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      Transfers.echoes(tunnel(outbound(serve(server, echo), 8, 2)), 64 << 20);
    }
  }

  @Test
  void halfCloseArrivesAndTheAnswerComesBehindIt() {
    try (EchoServer sink = EchoServer.start(EchoServer.Mode.SINK);
        Client app = new Client(tunnel(outbound(serve(server, sink), 8, 2)))) {
      app.send("all of it").endOutput();
      assertThat(app.readAll()).hasSize(64);
    }
  }

  @Test
  void twoHundredConnectionsShareFewer() {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      int port = tunnel(outbound(serve(server, echo), 1000, 1000));
      Transfers.many(port, 1); // from here on there is a connection to share
      Transfers.many(port, 200);
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void limitsOfAConnectionAreKept() {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      int port = tunnel(outbound(serve(server, echo), 2, 1));
      Transfers.many(port, 1);
      Await.until("the stream ended", () -> echo.connections() == 0);
      Transfers.many(port, 1);
      assertThat(connections.get()).isBetween(1, 2);
      Await.until("the stream ended", () -> echo.connections() == 0);
      Transfers.many(port, 1);
      assertThat(connections.get()).isGreaterThan(1);
    }
  }

  @Test
  void resetOfTheFarSideEndsTheStreamOnly() {
    try (EchoServer reset = EchoServer.start(EchoServer.Mode.RESET)) {
      int port = tunnel(outbound(serve(server, reset), 8, 2));
      for (int i = 0; i < 3; i++) {
        try (Client app = new Client(port)) {
          assertThat(app.send("x").ends()).isTrue();
        }
      }
      assertThat(connections).hasValue(1);
    }
  }

  @Test
  void aConnectionThatDiedIsNotUsedAgain() {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      int local;
      try (SmallEngine passing = new SmallEngine()) {
        local = tunnel(outbound(serve(passing, echo), 8, 2));
        Transfers.many(local, 1);
      }
      try (Client app = new Client(local)) {
        assertThat(app.ends()).isTrue();
      }
      Await.until(
          "a new connection is tried, and refused",
          () -> client.sessions().getLast().closeReason() == CloseReason.REFUSED);
    }
  }

  @Test
  void probesHaveConnectionsOfTheirOwn() {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO)) {
      AmuxOutbound outbound = outbound(serve(server, echo), 8, 8);
      Session session =
          new Session(
              0,
              Network.TCP,
              "probe",
              new InetSocketAddress("127.0.0.1", 1),
              destination(1),
              null,
              client.loop(),
              SessionEvents.NONE,
              0);
      for (int i = 1; i <= 2; i++) {
        Channel stream =
            Await.result(
                client.onLoop(
                    session, () -> outbound.connect(session, destination(1), client.dialer())));
        int expected = i;
        Await.until("a connection for each", () -> connections.get() == expected);
        Channel connection = stream.parent();
        Await.result(stream.close());
        Await.result(connection.closeFuture());
      }
    }
  }

  @Test
  void refusesToRunOverAnotherOutbound() {
    AmuxOutbound outbound = outbound(1, 8, 2);
    Session session = client.session(Network.TCP, destination(1));
    Future<Channel> refused =
        client.onLoop(
            session,
            () ->
                outbound.connect(
                    session,
                    destination(1),
                    Layers.over(List.of(new DropOutbound("d")), new RealDialer())));
    assertThat(((SessionException) Await.failure(refused)).reason())
        .isEqualTo(CloseReason.NOT_SUPPORTED);
  }

  @Test
  void carriesNoUdp() {
    AmuxOutbound outbound = outbound(1, 8, 2);
    assertThat(outbound.carries(Network.UDP)).isFalse();
    Session session = client.session(Network.UDP, destination(1));
    Future<Channel> refused =
        client.onLoop(session, () -> outbound.associate(session, destination(1), client.dialer()));
    assertThat(((SessionException) Await.failure(refused)).reason())
        .isEqualTo(CloseReason.NOT_SUPPORTED);
  }
}
