package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.dial.StreamOptions;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Splicing;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.Sessions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/** Real relays between plain sockets of a test, in one of the ways that there are to relay. */
final class Relays implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** A way to relay; those that splice are for Linux. */
  enum Way {
    COPY_NIO(false, false),
    COPY_EPOLL(true, false),
    /** From the first byte on. */
    SPLICE(true, true),
    /** From the first read on that brought much, as users have it. */
    SPLICE_WHEN_LARGE(true, true),
    /** As if all pipes were in use. */
    SPLICE_WITHOUT_PIPES(true, true);

    private final boolean epoll;
    final boolean splices;

    Way(boolean epoll, boolean splices) {
      this.epoll = epoll;
      this.splices = splices;
    }
  }

  /** One relayed connection: what the test holds of it, and what the relay does. */
  record Link(Socket client, Socket remote, Session session, Channel inner, Channel outer) {}

  private record Accepted(Session session, Channel inner, Channel outer) {}

  final Sessions sessions = new Sessions(InstantSource.system(), new NOPLoggerFactory(), 1000);
  final Splicing splicing = new Splicing(LoggerFactory.getLogger(Relays.class));
  final EventLoopGroup loops;
  private final Way way;
  private final EngineOptions options;
  private final ServerSocket target;
  private final Channel listener;
  private int connected;
  private final BlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();

  Relays(Way way) throws Exception {
    this(way, EngineOptions.defaults());
  }

  Relays(Way way, EngineOptions options) throws Exception {
    this.way = way;
    this.options =
        way == Way.SPLICE_WHEN_LARGE
            ? options
            : options.with(EngineOptions.RELAY_SPLICE_AFTER_BYTES, 0);
    if (way.splices) {
      needsEpoll();
      Await.until("this system can splice", splicing::ready);
    }
    if (way == Way.SPLICE_WITHOUT_PIPES) {
      splicing.maxPipes(0);
    }
    target = new ServerSocket(0, 1000, LOOPBACK);
    loops = Transports.newLoops(1, way.epoll, "relay-test");
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .option(ChannelOption.SO_BACKLOG, 1000)
            .childOption(ChannelOption.AUTO_READ, false)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel inner) {
                    prepare(inner);
                    dial(inner);
                  }
                })
            .bind(LOOPBACK, 0)
            .sync()
            .channel();
  }

  /** Skips the test where the system has no epoll; with CI=true that is a failure. */
  private static void needsEpoll() {
    if (!Transports.nativeAvailable()) {
      throw PeerProgram.missing("no epoll here, so nothing to splice with");
    }
  }

  private static void prepare(SocketChannel channel) {
    StreamOptions.apply(channel.config());
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
  }

  private void dial(Channel inner) {
    InetSocketAddress to = (InetSocketAddress) target.getLocalSocketAddress();
    ChannelFuture dialled =
        new Bootstrap()
            .group(inner.eventLoop())
            .channel(Transports.socketChannel(inner.eventLoop()))
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel outer) {
                    prepare(outer);
                  }
                })
            .connect(to);
    dialled.addListener(
        done -> {
          Session session =
              sessions.open(
                  Network.TCP,
                  "in",
                  (InetSocketAddress) inner.remoteAddress(),
                  Destination.of(to),
                  null,
                  inner.eventLoop());
          Channel outer = dialled.channel();
          StreamRelay.install(session, inner, outer, options, way.splices ? splicing : null)
              .begin();
          accepted.add(new Accepted(session, inner, outer));
        });
  }

  /** A new connection through the relay; spliced already where that is the way. */
  Link connect() throws IOException, InterruptedException {
    Link link = connectAtOnce();
    if (way == Way.SPLICE || way == Way.SPLICE_WITHOUT_PIPES) {
      int all = ++connected;
      Await.until("it is spliced", () -> splicing.streams() >= all);
    }
    return link;
  }

  /** A new connection through the relay, whatever that is doing. */
  Link connectAtOnce() throws IOException, InterruptedException {
    Socket client = new Socket(LOOPBACK, ((InetSocketAddress) listener.localAddress()).getPort());
    Socket remote = target.accept();
    Accepted relay = accepted.poll(10, TimeUnit.SECONDS);
    if (relay == null) {
      throw new AssertionError("no relay after 10 s");
    }
    return new Link(client, remote, relay.session(), relay.inner(), relay.outer());
  }

  @Override
  public void close() throws IOException {
    if (!loops.isTerminated()) {
      listener.close().syncUninterruptibly();
    }
    target.close();
    loops
        .shutdownGracefully(20, 2000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
