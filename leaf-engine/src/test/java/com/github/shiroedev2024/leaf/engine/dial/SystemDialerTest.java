package com.github.shiroedev2024.leaf.engine.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.session.Timings;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
class SystemDialerTest {
  private static final InetAddress LOOPBACK = FakeResolver.ip("127.0.0.1");

  @Parameter boolean nativeLoops;

  @SuppressWarnings("NullAway.Init")
  private EventLoopGroup loops;

  private final FakeResolver resolver = new FakeResolver();

  @BeforeEach
  void start() {
    loops = Transports.newLoops(1, nativeLoops, "dial-test");
  }

  @AfterEach
  void stop() throws Exception {
    loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).await();
  }

  @Test
  void connectsAndEndsEachDirectionByItself() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      Session session = session(Network.TCP);
      Channel channel = dial(session, "127.0.0.1", server.getLocalPort(), options());
      assertThat(channel.config().isAutoRead()).isFalse();
      assertThat(session.timings().connect()).isGreaterThan(0);
      assertThat(session.timings().dns()).isEqualTo(Timings.UNSET);
      StringBuilder received = new StringBuilder();
      CompletableFuture<String> all = new CompletableFuture<>();
      channel.pipeline().addLast(new Collector(received, all));
      channel.config().setAutoRead(true);
      byte[] sent = new byte[3_000_000];
      sent[sent.length - 1] = 7;
      channel.write(Unpooled.wrappedBuffer(sent));
      Future<Void> ended = channel.writeAndFlush(EndOfStream.INSTANCE);
      try (Socket peer = server.accept()) {
        byte[] got = peer.getInputStream().readAllBytes();
        assertThat(got).isEqualTo(sent);
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(ended.isSuccess()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        peer.getOutputStream().write("late".getBytes(StandardCharsets.US_ASCII));
      }
      assertThat(all.get(5, TimeUnit.SECONDS)).isEqualTo("late");
    }
  }

  @Test
  void ipLiteralsAreNotLookedUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      dial(session(Network.TCP), "127.0.0.1", server.getLocalPort(), options());
      assertThat(resolver.asked).isEmpty();
    }
  }

  @Test
  void dialsIpv6LiteralsWithoutTheOption() throws Exception {
    try (ServerSocket server = new ServerSocket()) {
      try {
        server.bind(new InetSocketAddress(FakeResolver.ip("::1"), 0));
      } catch (IOException e) {
        assumeTrue(false, "this machine has no IPv6 loopback: " + e);
      }
      assertThat(dial(session(Network.TCP), "::1", server.getLocalPort(), options()).isActive())
          .isTrue();
    }
  }

  @Test
  void triesTheNextAddressAndTellsWhichOneWorked() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      resolver.with("two.example", "127.0.0.2", "127.0.0.1");
      Session session = session(Network.TCP);
      Channel channel = dial(session, "two.example", server.getLocalPort(), options());
      assertThat(((InetSocketAddress) channel.remoteAddress()).getAddress()).isEqualTo(LOOPBACK);
      assertThat(resolver.asked).containsExactly("two.example DIRECT");
      assertThat(resolver.worked).containsExactly("two.example 127.0.0.1");
      assertThat(session.timings().dns()).isGreaterThanOrEqualTo(0);
    }
  }

  /** A port that no connection gets through to, nor any refusal, and one that takes them. */
  private static final class SilentAndGood implements AutoCloseable {
    private final ServerSocket silent = new ServerSocket();
    private final ServerSocket good = new ServerSocket();
    private final List<Socket> waiting = new ArrayList<>();

    SilentAndGood() throws IOException {
      good.bind(new InetSocketAddress(LOOPBACK, 0));
      try {
        silent.bind(new InetSocketAddress(FakeResolver.ip("::1"), port()), 1);
      } catch (IOException e) {
        close();
        assumeTrue(false, "this machine has no IPv6 loopback: " + e);
      }
      for (int i = 0; i < 2; i++) { // a full queue: the system drops what else comes
        waiting.add(new Socket(silent.getInetAddress(), port()));
      }
    }

    int port() {
      return good.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket each : waiting) {
        each.close();
      }
      silent.close();
      good.close();
    }
  }

  /** As long as the system tries, which is minutes. */
  private static EngineOptions patient() {
    return options().with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ZERO);
  }

  @Test
  void anIpVersionThatLeadsNowhereCostsAMomentOnly() throws Exception {
    try (SilentAndGood ports = new SilentAndGood()) {
      resolver.with("both.example", "::1", "0:0:0:0:0:0:0:1", "127.0.0.1");
      Channel channel = dial(session(Network.TCP), "both.example", ports.port(), patient());
      assertThat(((InetSocketAddress) channel.remoteAddress()).getAddress()).isEqualTo(LOOPBACK);
      assertThat(resolver.asked).containsExactly("both.example DIRECT");
    }
  }

  @Test
  void addressesThatTheLookUpDidNotWaitForAreAskedFor() throws Exception {
    EngineOptions both = patient().with(EngineOptions.ENABLE_IPV6, true);
    try (SilentAndGood ports = new SilentAndGood()) {
      resolver.with("late.example", "::1").with("late.example four", "127.0.0.1");
      Channel channel = dial(session(Network.TCP), "late.example", ports.port(), both);
      assertThat(((InetSocketAddress) channel.remoteAddress()).getAddress()).isEqualTo(LOOPBACK);
      assertThat(resolver.asked).containsExactly("late.example DIRECT", "late.example four DIRECT");
    }
  }

  @Test
  void theOtherIpVersionIsAskedForWhenAllAddressesFail() throws Exception {
    EngineOptions both = options().with(EngineOptions.ENABLE_IPV6, true);
    try (RefusingPort port = new RefusingPort()) {
      resolver.with("one.example", "127.0.0.2").with("one.example six", "::1");
      SessionException e = failure("one.example", port.port(), both);
      assertThat(e).hasMessageContainingAll("(127.0.0.2)", "(::1)");
      resolver.with("four.example", "127.0.0.2");
      assertThat(failure("four.example", port.port(), both))
          .hasMessage("four.example:" + port.port() + ": connection refused (127.0.0.2)");
      assertThat(resolver.asked).contains("four.example six DIRECT");
    }
  }

  @Test
  void aRefusalNamesTheTarget() throws Exception {
    try (RefusingPort port = new RefusingPort()) {
      SessionException e = failure("127.0.0.1", port.port(), options());
      assertThat(e.reason()).isEqualTo(CloseReason.REFUSED);
      assertThat(e).hasMessage("127.0.0.1:" + port.port() + ": connection refused");
    }
  }

  @Test
  void aRefusalByAllAddressesNamesEach() throws Exception {
    resolver.with("two.example", "127.0.0.2", "127.0.0.3");
    try (RefusingPort port = new RefusingPort()) {
      SessionException e = failure("two.example", port.port(), options());
      assertThat(e.reason()).isEqualTo(CloseReason.REFUSED);
      assertThat(e)
          .hasMessage(
              "two.example:"
                  + port.port()
                  + ": connection refused (127.0.0.2); connection refused (127.0.0.3)");
    }
  }

  @Test
  void aNameThatCannotBeFoundFailsTheDial() throws Exception {
    SessionException e = failure("none.example", 80, options());
    assertThat(e.reason()).isEqualTo(CloseReason.RESOLVE_FAILED);
    assertThat(e).hasMessage("none.example: no such name");
  }

  @Test
  void aSilentTargetTimesOutAndOthersMayBeTriedBesideIt() throws Exception {
    try (Blackhole hole = new Blackhole("127.0.0.2")) {
      EngineOptions brief =
          options().with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(1));
      SessionException e = failure("127.0.0.2", hole.port(), brief);
      assertThat(e.reason()).isEqualTo(CloseReason.DIAL_TIMEOUT);
      assertThat(e).hasMessage("127.0.0.2:" + hole.port() + ": dial timed out");

      resolver.with("two.example", "127.0.0.2", "127.0.0.1");
      try (ServerSocket server = new ServerSocket(hole.port(), 5, LOOPBACK)) {
        EngineOptions both =
            options()
                .with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofHours(1))
                .with(EngineOptions.OUTBOUND_DIAL_CONCURRENCY, 2);
        Channel channel = dial(session(Network.TCP), "two.example", server.getLocalPort(), both);
        assertThat(((InetSocketAddress) channel.remoteAddress()).getAddress()).isEqualTo(LOOPBACK);
      }
    }
  }

  @Test
  void cancellingStopsTheLookup() throws Exception {
    Future<Channel> dial = start(session(Network.TCP), "held.example", 80, options());
    loops.next().submit(() -> {}).await();
    dial.cancel(false);
    loops.next().submit(() -> {}).await();
    assertThat(resolver.held.get("held.example")).isCancelled();
  }

  @Test
  void cancellingClosesWhatIsOnItsWay() throws Exception {
    try (Blackhole hole = new Blackhole("127.0.0.2")) {
      long before = descriptors();
      Future<Channel> dial = start(session(Network.TCP), "127.0.0.2", hole.port(), options());
      loops.next().submit(() -> {}).await();
      assertThat(descriptors()).isEqualTo(before + 1);
      dial.cancel(false);
      loops.next().submit(() -> {}).await();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
      while (descriptors() > before && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(descriptors()).isEqualTo(before);
    }
  }

  @Test
  void bindsToTheFirstInterfaceThatWorks() throws Exception {
    InetAddress own = ownAddress();
    if (own == null) {
      abort("this machine has no address but loopback");
      return;
    }
    try (ServerSocket server = new ServerSocket(0, 5, own)) {
      String device = deviceOf(own);
      for (String entry : List.of(own.getHostAddress(), device)) {
        EngineOptions bound =
            options()
                .with(EngineOptions.OUTBOUND_INTERFACE, List.of("nosuchif0", "fd00::1", entry));
        Channel channel =
            dial(session(Network.TCP), own.getHostAddress(), server.getLocalPort(), bound);
        assertThat(((InetSocketAddress) channel.localAddress()).getAddress()).isEqualTo(own);
        if (nativeLoops && entry.equals(device)) {
          ByteBuffer name = channel.config().getOption(LocalBinding.BIND_TO_DEVICE);
          assertThat(StandardCharsets.US_ASCII.decode(name).toString()).startsWith(device + "\0");
        }
      }
    }
  }

  @Test
  void failsRatherThanLeaveByAnotherInterface() throws Exception {
    EngineOptions bound =
        options().with(EngineOptions.OUTBOUND_INTERFACE, List.of("nosuchif0", "203.0.113.77"));
    SessionException e = failure("192.0.2.1", 80, bound);
    assertThat(e.reason()).isEqualTo(CloseReason.DIAL_FAILED);
    assertThat(e)
        .hasMessage(
            "192.0.2.1:80: none of the interfaces [nosuchif0, 203.0.113.77] can be used for"
                + " 192.0.2.1");
  }

  @Test
  void loopbackTargetsAreNotBound() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, LOOPBACK)) {
      EngineOptions bound = options().with(EngineOptions.OUTBOUND_INTERFACE, List.of("nosuchif0"));
      assertThat(dial(session(Network.TCP), "127.0.0.1", server.getLocalPort(), bound).isActive())
          .isTrue();
    }
  }

  @Test
  void ordersAddressesAsAsked() {
    List<InetAddress> given = new ArrayList<>();
    for (int i = 1; i <= 9; i++) {
      given.add(FakeResolver.ip("127.0.0." + i));
    }
    assertThat(SystemDialer.ordered(given, EngineOptions.DialOrder.ORDERED)).isEqualTo(given);
    boolean moved = false;
    boolean firstMoved = false;
    for (int i = 0; i < 50; i++) {
      List<InetAddress> part = SystemDialer.ordered(given, EngineOptions.DialOrder.PARTIAL_RANDOM);
      assertThat(part).containsExactlyInAnyOrderElementsOf(given);
      assertThat(part.getFirst()).isEqualTo(given.getFirst());
      moved |= !part.equals(given);
      List<InetAddress> all = SystemDialer.ordered(given, EngineOptions.DialOrder.RANDOM);
      assertThat(all).containsExactlyInAnyOrderElementsOf(given);
      firstMoved |= !all.getFirst().equals(given.getFirst());
    }
    assertThat(moved).isTrue();
    assertThat(firstMoved).isTrue();
  }

  private static EngineOptions options() {
    return EngineOptions.defaults();
  }

  private Session session(Network network) {
    return new Session(
        1,
        network,
        "test",
        new InetSocketAddress(LOOPBACK, 9),
        Destination.of("127.0.0.1", 1),
        null,
        loops.next(),
        SessionEvents.NONE,
        0);
  }

  private Future<Channel> start(Session session, String host, int port, EngineOptions options)
      throws Exception {
    SystemDialer dialer = new SystemDialer(resolver, options, new NOPLoggerFactory());
    CompletableFuture<Future<Channel>> started = new CompletableFuture<>();
    session
        .loop()
        .execute(() -> started.complete(dialer.dial(session, Destination.of(host, port))));
    return started.get(5, TimeUnit.SECONDS);
  }

  private Channel dial(Session session, String host, int port, EngineOptions options)
      throws Exception {
    Future<Channel> dial = start(session, host, port, options);
    assertThat(dial.await(5, TimeUnit.SECONDS)).isTrue();
    return dial.get();
  }

  private SessionException failure(String host, int port, EngineOptions options) throws Exception {
    Future<Channel> dial = start(session(Network.TCP), host, port, options);
    assertThat(dial.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(dial.cause()).isInstanceOf(SessionException.class);
    return (SessionException) dial.cause();
  }

  private static long descriptors() throws IOException {
    String[] open = new java.io.File("/proc/self/fd").list();
    assumeTrue(open != null, "this machine has no /proc");
    return open.length;
  }

  private static @Nullable InetAddress ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress())
        .findFirst()
        .orElse(null);
  }

  private static String deviceOf(InetAddress own) throws IOException {
    return NetworkInterface.getByInetAddress(own).getName();
  }

  /** Listens, but its queue of connections is full: the system answers no further one. */
  private static final class Blackhole implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> fill = new ArrayList<>();

    Blackhole(String address) throws IOException {
      server = new ServerSocket(0, 1, FakeResolver.ip(address));
      int unanswered = 0; // one alone may only mean that the machine is busy
      for (int i = 0; i < 16; i++) {
        Socket socket = new Socket();
        fill.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), 300);
          unanswered = 0;
        } catch (java.net.SocketTimeoutException e) {
          if (++unanswered == 2) {
            return;
          }
        }
      }
      throw new AssertionError("the queue never filled");
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : fill) {
        socket.close();
      }
      server.close();
    }
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final StringBuilder received;
    private final CompletableFuture<String> all;

    Collector(StringBuilder received, CompletableFuture<String> all) {
      this.received = received;
      this.all = all;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      received.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        all.complete(received.toString());
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      all.complete(received.toString());
    }
  }
}
