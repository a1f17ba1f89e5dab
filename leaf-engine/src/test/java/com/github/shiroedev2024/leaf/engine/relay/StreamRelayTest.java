package com.github.shiroedev2024.leaf.engine.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.Sessions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLoggerFactory;

/** Client and remote are plain sockets of the test; the relay stands between them. */
@ExtendWith(LeakCheck.class)
class StreamRelayTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int MIB = 1 << 20;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Sessions sessions =
      new Sessions(InstantSource.system(), new NOPLoggerFactory(), 10);
  private final CompletableFuture<Session> session = new CompletableFuture<>();
  private EngineOptions options = EngineOptions.defaults();
  private @Nullable EventLoopGroup loops;
  private @Nullable ServerSocket remoteServer;
  private @Nullable Socket client;
  private @Nullable Socket remote;

  @BeforeEach
  void listen() throws IOException {
    remoteServer = new ServerSocket(0, 1, LOOPBACK);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable socket : new @Nullable AutoCloseable[] {client, remote, remoteServer}) {
      if (socket != null) {
        socket.close();
      }
    }
    if (loops != null) {
      loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
    threads.close();
  }

  private void connect(boolean epoll) throws Exception {
    ServerSocket target = java.util.Objects.requireNonNull(remoteServer);
    EventLoopGroup group = Transports.newLoops(1, epoll, "relay-test");
    loops = group;
    Channel listener =
        new ServerBootstrap()
            .group(group)
            .channel(Transports.serverSocketChannel(group))
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                    dial(accepted, (InetSocketAddress) target.getLocalSocketAddress());
                  }
                })
            .bind(LOOPBACK, 0)
            .sync()
            .channel();
    client = new Socket(LOOPBACK, ((InetSocketAddress) listener.localAddress()).getPort());
    remote = target.accept();
    session.get(5, TimeUnit.SECONDS);
    listener.close().sync();
  }

  private void dial(Channel accepted, InetSocketAddress to) {
    ChannelFuture dialled =
        new Bootstrap()
            .group(accepted.eventLoop())
            .channel(Transports.socketChannel(accepted.eventLoop()))
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.AUTO_READ, false)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel dialled) {
                    dialled.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                  }
                })
            .connect(to);
    dialled.addListener(
        done -> {
          Session opened =
              sessions.open(
                  Network.TCP,
                  "in",
                  (InetSocketAddress) accepted.remoteAddress(),
                  Destination.of(to),
                  null,
                  accepted.eventLoop());
          StreamRelay.install(opened, accepted, dialled.channel(), options).begin();
          session.complete(opened);
        });
  }

  private Socket client() {
    return java.util.Objects.requireNonNull(client);
  }

  private Socket remote() {
    return java.util.Objects.requireNonNull(remote);
  }

  private Future<byte[]> readAll(Socket from) {
    return threads.submit(() -> from.getInputStream().readAllBytes());
  }

  private Future<?> sendAll(Socket to, byte[] bytes) {
    return threads.submit(
        () -> {
          to.getOutputStream().write(bytes);
          to.shutdownOutput();
          return null;
        });
  }

  private void ended(CloseReason reason) {
    Session one = session.join();
    Await.until("the session has ended", () -> !sessions.recent().isEmpty());
    assertThat(one.closeReason()).isEqualTo(reason);
    assertThat(sessions.active()).isEmpty();
    assertThat(sessions.recent()).containsExactly(one);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void carriesBothDirectionsWholeAndCountsThem(boolean epoll) throws Exception {
    connect(epoll);
    Seeds.run(
        42,
        random -> {
          byte[] up = Seeds.bytes(random, 9 * MIB + 1);
          byte[] down = Seeds.bytes(random, 7 * MIB + 3);
          Future<byte[]> atRemote = readAll(remote());
          Future<byte[]> atClient = readAll(client());
          sendAll(client(), up);
          sendAll(remote(), down);
          assertThat(Arrays.equals(atRemote.get(20, TimeUnit.SECONDS), up)).isTrue();
          assertThat(Arrays.equals(atClient.get(20, TimeUnit.SECONDS), down)).isTrue();
          ended(CloseReason.FINISHED);
          assertThat(session.join().sent()).isEqualTo(up.length);
          assertThat(session.join().received()).isEqualTo(down.length);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void halfCloseLeavesTheOtherDirectionOpen(boolean epoll) throws Exception {
    connect(epoll);
    Future<byte[]> atRemote = readAll(remote());
    sendAll(client(), new byte[] {1, 2, 3}).get();
    assertThat(atRemote.get(5, TimeUnit.SECONDS)).containsExactly(1, 2, 3);
    Await.until("the send direction is complete", () -> session.join().sendCompleted());
    assertThat(session.join().receiveCompleted()).isFalse();
    Future<byte[]> atClient = readAll(client());
    sendAll(remote(), new byte[] {4, 5}).get();
    assertThat(atClient.get(5, TimeUnit.SECONDS)).containsExactly(4, 5);
    ended(CloseReason.FINISHED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void silentHalfIsEndedAfterItsTimeout(boolean epoll) throws Exception {
    options = options.with(EngineOptions.TCP_DOWNLINK_TIMEOUT, Duration.ofMillis(200));
    connect(epoll);
    sendAll(client(), new byte[] {1}).get();
    assertThat(readAll(client()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(CloseReason.HALF_CLOSED_TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resetIsPassedOnAsReset(boolean epoll) throws Exception {
    connect(epoll);
    remote().setSoLinger(true, 0);
    remote().close();
    assertThatThrownBy(
            () -> {
              while (client().getInputStream().read() >= 0) {
                Thread.onSpinWait();
              }
            })
        .isInstanceOf(SocketException.class);
    ended(CloseReason.REMOTE_RESET);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readerThatStopsHoldsTheSenderBack(boolean epoll) throws Exception {
    connect(epoll);
    Future<?> sending = sendAll(remote(), new byte[64 * MIB]);
    Session one = session.join();
    long[] last = {-1};
    Await.until(
        "the counter stands still",
        () -> {
          long now = one.received();
          boolean still = now > 0 && now == last[0];
          last[0] = now;
          return still;
        });
    assertThat(one.received()).isLessThan(32L * MIB);
    assertThat(sending.isDone()).isFalse();
    assertThat(readAll(client()).get(20, TimeUnit.SECONDS)).hasSize(64 * MIB);
    sending.get(5, TimeUnit.SECONDS);
    client().shutdownOutput();
    ended(CloseReason.FINISHED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void closeFromOutsideEndsBothSides(boolean epoll) throws Exception {
    connect(epoll);
    session.join().close(CloseReason.CLOSED_BY_API);
    assertThat(readAll(client()).get(5, TimeUnit.SECONDS)).isEmpty();
    assertThat(readAll(remote()).get(5, TimeUnit.SECONDS)).isEmpty();
    ended(CloseReason.CLOSED_BY_API);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSlowClientGetsAllOfARemoteThatHasEnded(boolean epoll) throws Exception {
    connect(epoll);
    Session opened = session.get();
    byte[] piece = new byte[16 * 1024];
    long sent = 0;
    for (boolean paused = false; !paused; ) {
      remote().getOutputStream().write(piece);
      sent += piece.length;
      paused = !reaches(opened, sent);
    }
    remote().shutdownOutput(); // arrives while the relay does not read
    assertThat(readAll(client()).get(10, TimeUnit.SECONDS)).hasSize((int) sent);
    assertThat(opened.closeReason()).isNull();
    client().shutdownOutput();
    Await.until("the end", () -> opened.closeReason() != null);
    assertThat(opened.closeReason()).isEqualTo(CloseReason.FINISHED);
  }

  /** Whether the session has received so many bytes within a moment. */
  private static boolean reaches(Session session, long bytes) {
    try {
      Await.until(Duration.ofMillis(200), "received", () -> session.received() >= bytes);
      return true;
    } catch (AssertionError notYet) {
      return false;
    }
  }
}
