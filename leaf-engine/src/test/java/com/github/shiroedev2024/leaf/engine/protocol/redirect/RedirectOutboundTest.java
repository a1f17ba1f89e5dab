package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.protocol.socks.SocksInbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code redirect}, and its even simpler neighbours {@code direct} and {@code drop}. */
@ExtendWith(LeakCheck.class)
final class RedirectOutboundTest {
  private final SmallEngine engine = new SmallEngine();
  private final EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);

  @AfterEach
  void close() {
    engine.close();
    echo.close();
  }

  @Test
  void streamsGoToTheTarget() {
    engine.through(new RedirectOutbound("r", Destination.of("localhost", echo.port())));
    int port = engine.listen(context -> new SocksInbound("in", List.of(), context));
    try (Client client = new Client(port)) {
      client.sendHex("05 01 00 05 01 00 01 01020304 0050 41");
      assertThat(client.readHex(13)).isEqualTo("0500" + "05000001000000000000" + "41");
    }
    assertThat(engine.sessions().getFirst().destination()).hasToString("1.2.3.4:80");
  }

  @Test
  void datagramsSeemToComeFromWhereTheyWereSentTo() {
    engine.through(new RedirectOutbound("r", Destination.of("127.0.0.1", echo.port())));
    Destination first = Destination.of("a.example", 53);
    Destination second = Destination.of("1.2.3.4", 99);
    Session session = engine.session(Network.UDP, first);
    Queue<String> received = new ConcurrentLinkedQueue<>();
    DatagramSink sink =
        new DatagramSink() {
          @Override
          public void receive(Datagram datagram) {
            received.add(datagram.peer() + " " + datagram.content().toString(UTF_8));
            datagram.release();
          }

          @Override
          public void receiveComplete() {}
        };
    DatagramLink link = engine.onLoop(session, () -> engine.associate(session, sink));
    for (Destination to : List.of(first, second, first)) {
      received.clear();
      session.loop().execute(() -> link.send(new Datagram(to, Unpooled.copiedBuffer("hi", UTF_8))));
      Await.until("an answer from " + to, () -> received.contains(to + " hi"));
    }
  }

  @Test
  void aNameAsTargetCarriesNoDatagrams() {
    RedirectOutbound outbound = new RedirectOutbound("r", Destination.of("localhost", 53));
    assertThat(outbound.carries(Network.TCP)).isTrue();
    assertThat(outbound.carries(Network.UDP)).isFalse();
    Session session = engine.session(Network.UDP, Destination.of("a.example", 53));
    SessionException failure =
        (SessionException)
            Await.failure(
                engine.onLoop(
                    session,
                    () -> outbound.associate(session, session.destination(), engine.dialer())));
    assertThat(failure.reason()).isEqualTo(CloseReason.NOT_SUPPORTED);
    assertThat(failure).hasMessageContaining("'r'").hasMessageContaining("localhost:53");
  }

  @Test
  void directAndRedirectMarkWhatTheyHandUp() {
    Destination to = Destination.of("127.0.0.1", echo.port());
    Session session = engine.session(Network.TCP, to);
    Channel direct = Await.result(engine.onLoop(session, () -> engine.connect(session)));
    // A listener marks it, which may run a moment after this thread has seen the result.
    Await.until("mark", () -> Path.of(direct).outboundTag().equals("direct"));
    direct.close().syncUninterruptibly();
    RedirectOutbound outbound = new RedirectOutbound("r", to);
    Channel redirected =
        Await.result(engine.onLoop(session, () -> outbound.connect(session, to, engine.dialer())));
    assertThat(Path.of(redirected).outboundTag()).isEqualTo("r");
    redirected.close().syncUninterruptibly();
  }

  @Test
  void dropFailsAtOnce() {
    DropOutbound drop = new DropOutbound("no");
    Destination to = Destination.of("127.0.0.1", echo.port());
    for (Network network : Network.values()) {
      Session session = engine.session(network, to);
      SessionException failure =
          (SessionException)
              Await.failure(
                  engine.onLoop(
                      session,
                      () ->
                          network == Network.TCP
                              ? drop.connect(session, to, engine.dialer())
                              : drop.associate(session, to, engine.dialer())));
      assertThat(failure.reason()).isEqualTo(CloseReason.DROPPED);
      assertThat(failure).hasMessageContaining("'no'");
      assertThat(drop.carries(network)).isTrue();
    }
    assertThat(echo.accepted()).isZero();
  }
}
