package com.github.shiroedev2024.leaf.engine.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
@ParameterizedClass(name = "native {0}")
@ValueSource(booleans = {true, false})
class UdpSocketTest {
  private record Received(Destination source, String hex, int capacity) {}

  @Parameter boolean nativeLoops;

  @SuppressWarnings("NullAway.Init")
  private EventLoopGroup loops;

  private final FakeResolver resolver = new FakeResolver();
  private final EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    loops = Transports.newLoops(1, nativeLoops, "udp-test");
  }

  @AfterEach
  void stop() {
    echo.close();
    Await.result(loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS));
  }

  @Test
  void carriesDatagramsOfAnySize() throws Exception {
    Destination peer = Destination.of(echo.address());
    Channel socket = Await.result(associate(peer));
    assertThat(socket.config().isAutoRead()).isFalse();
    socket.config().setAutoRead(true);
    for (int length : new int[] {1, 1_400, 9_000, 40_000, 65_507}) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);
      Await.result(send(socket, peer, bytes));
      Received got = next();
      assertThat(got.source()).isEqualTo(peer);
      assertThat(got.hex()).isEqualTo(ByteBufUtil.hexDump(bytes));
      assertThat(got.capacity()).isLessThanOrEqualTo(Math.max(2 * length, 1));
    }
  }

  /** Netty's epoll sockets do not send them of themselves. */
  @Test
  void emptyDatagramsKeepTheirPlace() throws Exception {
    Destination peer = Destination.of(echo.address());
    Channel socket = Await.result(associate(peer));
    socket.config().setAutoRead(true);
    if (!nativeLoops) {
      assertThat(Await.failure(send(socket, peer, new byte[0]))).hasMessageContaining("epoll");
      return;
    }
    for (String hex : List.of("", "01", "", "", "0203", "")) {
      Await.result(send(socket, peer, ByteBufUtil.decodeHexDump(hex)));
      assertThat(next().hex()).isEqualTo(hex);
    }
  }

  @Test
  void reportsTheNameThatTheClientAddressed() throws Exception {
    resolver.with("echo.example", "127.0.0.1").with("other.example", "127.0.0.1");
    Destination name = Destination.of("echo.example", echo.port());
    Destination other = Destination.of("other.example", echo.port());
    Destination address = Destination.of(echo.address());
    Channel socket = Await.result(associate(name));
    socket.config().setAutoRead(true);
    for (Destination peer : new Destination[] {name, name, address, name, other, address, other}) {
      Await.result(send(socket, peer, new byte[] {1}));
      assertThat(next().source()).isEqualTo(peer);
    }
    assertThat(resolver.asked).containsExactly("echo.example DIRECT", "other.example DIRECT");
  }

  @Test
  void oneDatagramThatCannotBeSentHarmsNoOther() throws Exception {
    Destination peer = Destination.of(echo.address());
    Channel socket = Await.result(associate(peer));
    socket.config().setAutoRead(true);
    Throwable unknown =
        Await.failure(send(socket, Destination.of("none.example", 53), new byte[] {1}));
    assertThat(unknown).hasMessage("none.example: no such name");
    Await.failure(send(socket, peer, new byte[65_508]));
    int closed = echo.port() == 65_535 ? 1 : echo.port() + 1;
    Await.result(send(socket, Destination.of("127.0.0.1", closed), new byte[] {1}));
    Await.result(send(socket, peer, new byte[] {42}));
    assertThat(next().hex()).isEqualTo("2a");
    assertThat(socket.isOpen()).isTrue();
  }

  @Test
  void datagramsWaitForALookupInOrder() throws Exception {
    Destination peer = Destination.of(echo.address());
    Destination late = Destination.of("held.example", echo.port());
    Channel socket = Await.result(associate(peer));
    socket.config().setAutoRead(true);
    Future<Void> first = send(socket, late, new byte[] {1});
    Future<Void> second = send(socket, late, new byte[] {2});
    Await.result(send(socket, peer, new byte[] {0}));
    assertThat(next().hex()).isEqualTo("00");
    assertThat(first.isDone()).isFalse();
    Await.value("lookup", () -> resolver.held.get("held.example"))
        .setSuccess(java.util.List.of(FakeResolver.ip("127.0.0.1")));
    Await.result(first);
    Await.result(second);
    assertThat(next()).isEqualTo(new Received(late, "01", 1));
    assertThat(next()).isEqualTo(new Received(late, "02", 1));
  }

  @Test
  void lookupsHoldABoundedNumberOfDatagrams() throws Exception {
    Channel socket = Await.result(associate(Destination.of(echo.address())));
    Destination late = Destination.of("held.example", echo.port());
    for (int i = 0; i < 64; i++) {
      send(socket, late, new byte[] {1});
    }
    SessionException full = (SessionException) Await.failure(send(socket, late, new byte[] {1}));
    assertThat(full.reason()).isEqualTo(CloseReason.LIMIT);
    Await.result(socket.close());
    Future<?> lookup = Await.value("lookup", () -> resolver.held.get("held.example"));
    Await.until("the lookup is cancelled", lookup::isCancelled);
  }

  @Test
  void lookupsHoldABoundedNumberOfBytes() throws Exception {
    Channel socket = Await.result(associate(Destination.of(echo.address())));
    for (int i = 0; i < 4; i++) {
      send(socket, Destination.of("held" + i + ".example", 53), new byte[60_000]);
    }
    SessionException full =
        (SessionException)
            Await.failure(send(socket, Destination.of("held4.example", 53), new byte[60_000]));
    assertThat(full.reason()).isEqualTo(CloseReason.LIMIT);
    Await.result(socket.close());
  }

  @Test
  void reachesIpv6BesideIpv4() throws Exception {
    EchoServer six;
    try {
      six = EchoServer.start(EchoServer.Mode.ECHO, FakeResolver.ip("::1"));
    } catch (UncheckedIOException e) {
      abort("this machine has no IPv6 loopback: " + e);
      return;
    }
    try (six) {
      Destination four = Destination.of(echo.address());
      Channel socket = Await.result(associate(four));
      socket.config().setAutoRead(true);
      for (Destination peer : new Destination[] {four, Destination.of(six.address()), four}) {
        Await.result(send(socket, peer, new byte[] {6}));
        assertThat(next().source()).isEqualTo(peer);
      }
    }
  }

  @Test
  void aNameThatCannotBeFoundFailsTheAssociation() {
    SessionException e =
        (SessionException) Await.failure(associate(Destination.of("none.example", 53)));
    assertThat(e.reason()).isEqualTo(CloseReason.RESOLVE_FAILED);
  }

  private Received next() throws InterruptedException {
    Received next = received.poll(5, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no datagram came");
    }
    return next;
  }

  private Future<Void> send(Channel socket, Destination peer, byte[] bytes) {
    return socket.writeAndFlush(new Datagram(peer, Unpooled.copiedBuffer(bytes)));
  }

  private Future<Channel> associate(Destination first) {
    Session session =
        new Session(
            1,
            Network.UDP,
            "test",
            new InetSocketAddress(FakeResolver.ip("127.0.0.1"), 9),
            first,
            null,
            loops.next(),
            SessionEvents.NONE,
            0);
    SystemDialer dialer =
        new SystemDialer(resolver, EngineOptions.defaults(), new NOPLoggerFactory());
    Future<Future<Channel>> started = session.loop().submit(() -> dialer.associate(session, first));
    Future<Channel> associated = Await.result(started);
    associated.addListener(
        done -> {
          if (done.isSuccess()) {
            associated.getNow().pipeline().addLast(new Collector());
          }
        });
    return associated;
  }

  private final class Collector extends SimpleChannelInboundHandler<Datagram> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Datagram msg) {
      received.add(
          new Received(msg.peer(), ByteBufUtil.hexDump(msg.content()), msg.content().capacity()));
    }
  }
}
