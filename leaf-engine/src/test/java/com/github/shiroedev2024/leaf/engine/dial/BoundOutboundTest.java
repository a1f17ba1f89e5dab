package com.github.shiroedev2024.leaf.engine.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.direct.DirectOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLoggerFactory;

final class BoundOutboundTest {
  private final SmallEngine engine = new SmallEngine();
  private final SystemDialer system =
      new SystemDialer(new FakeResolver(), EngineOptions.defaults(), new NOPLoggerFactory());

  @AfterEach
  void close() {
    engine.close();
  }

  private BoundOutbound bound(String... interfaces) {
    return new BoundOutbound(new DirectOutbound("d"), system.boundTo(List.of(interfaces)));
  }

  @Test
  void itsSocketsHaveTheAddressOfItsInterface() throws IOException {
    Inet4Address own = ownAddress();
    try (ServerSocket server = new ServerSocket(0, 5, own)) {
      Destination target = Destination.of((InetSocketAddress) server.getLocalSocketAddress());
      Session session = engine.session(Network.TCP, target);
      Channel channel =
          Await.result(bound("none0", own.getHostAddress()).connect(session, target, system));
      try (Socket accepted = server.accept()) {
        assertThat(accepted.getInetAddress()).isEqualTo(own);
      } finally {
        channel.close();
      }
    }
  }

  @Test
  void nothingLeavesByAnother() {
    Destination target = Destination.of("192.0.2.1", 9);
    Session session = engine.session(Network.TCP, target);
    Throwable cause = Await.failure(bound("none0").connect(session, target, system));
    assertThat(cause)
        .isInstanceOf(SessionException.class)
        .hasMessageContaining("none of the interfaces [none0] can be used for 192.0.2.1");
    assertThat(((SessionException) cause).reason()).isEqualTo(CloseReason.DIAL_FAILED);
    Session association = engine.session(Network.UDP, target);
    assertThat(Await.failure(bound("none0").associate(association, target, system)))
        .hasMessageContaining("none of the interfaces [none0]");
  }

  @Test
  void overAnotherOutboundItIsAsItWas() {
    Destination target = Destination.of("192.0.2.1", 9);
    Session session = engine.session(Network.TCP, target);
    SessionException reached = new SessionException(CloseReason.DROPPED, "reached");
    Dialer other =
        new Dialer() {
          @Override
          public Future<Channel> dial(Session dialled, Destination destination) {
            return dialled.loop().newFailedFuture(reached);
          }

          @Override
          public Future<Channel> associate(Session opened, Destination first) {
            return opened.loop().newFailedFuture(reached);
          }
        };
    assertThat(Await.failure(bound("none0").connect(session, target, other))).isSameAs(reached);
  }

  private static Inet4Address ownAddress() throws IOException {
    @Nullable Inet4Address own =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
            .map(Inet4Address.class::cast)
            .findFirst()
            .orElse(null);
    assumeTrue(own != null, "this machine has no address but the loopback's");
    return own;
  }
}
