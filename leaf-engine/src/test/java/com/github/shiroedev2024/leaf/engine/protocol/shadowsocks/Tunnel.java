package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.dial.SystemDialer;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.relay.StreamRelay;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * A loopback port whose connections go through an outbound to one destination, so that tests can
 * use plain blocking sockets in front of it.
 */
final class Tunnel implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final EventLoopGroup loops;
  private final Outbound outbound;
  private final EngineOptions options = EngineOptions.defaults();
  private final Dialer dialer = new SystemDialer(new NoResolver(), options, new NOPLoggerFactory());
  private final AtomicReference<Destination> target = new AtomicReference<>();
  private final ConcurrentLinkedQueue<Session> sessions = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Channel> channels = new ConcurrentLinkedQueue<>();
  private final Channel listener;

  Tunnel(Outbound outbound, boolean nativeLoops) {
    this.outbound = outbound;
    this.loops = Transports.newLoops(1, nativeLoops, "tunnel-test");
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    client.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                    client.eventLoop().execute(() -> serve(client));
                  }
                })
            .bind(new InetSocketAddress(LOOPBACK, 0))
            .syncUninterruptibly()
            .channel();
  }

  /** A connection to the destination. */
  Socket connect(Destination destination) throws IOException {
    target.set(destination);
    Socket socket = new Socket(LOOPBACK, ((InetSocketAddress) listener.localAddress()).getPort());
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** An association whose first datagram goes to the destination. */
  Channel associate(Destination first) {
    EventLoop loop = loops.next();
    return Await.result(
        loop.submit(() -> outbound.associate(session(Network.UDP, first, loop), first, dialer))
            .syncUninterruptibly()
            .getNow());
  }

  /** The session of the last connection. */
  Session session() {
    return Await.value(
        "session",
        () -> {
          Session last = null;
          for (Session s : sessions) {
            last = s;
          }
          return last;
        });
  }

  private void serve(Channel client) {
    Destination destination = target.get();
    Session session = session(Network.TCP, destination, client.eventLoop());
    sessions.add(session);
    channels.add(client);
    outbound
        .connect(session, destination, dialer)
        .addListener(
            (Future<Channel> connected) -> {
              if (connected.isSuccess()) {
                channels.add(connected.getNow());
                StreamRelay.install(session, client, connected.getNow(), options, null).begin();
              } else {
                client.close();
                session.end(
                    SessionException.of(connected.cause(), CloseReason.DIAL_FAILED).reason(),
                    connected.cause().getMessage());
              }
            });
  }

  private static Session session(Network network, Destination destination, EventLoop loop) {
    return new Session(
        1,
        network,
        "test",
        new InetSocketAddress(LOOPBACK, 1),
        destination,
        null,
        loop,
        SessionEvents.NONE,
        0);
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    Await.until("every channel closed", () -> channels.stream().noneMatch(Channel::isOpen));
    loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }

  /** Servers are given by address here. */
  private static final class NoResolver implements Resolver {
    @Override
    public Future<List<InetAddress>> resolve(String name, Lookup lookup, EventLoop loop) {
      return loop.newFailedFuture(
          new SessionException(CloseReason.RESOLVE_FAILED, name + " was looked up"));
    }

    @Override
    public void worked(String name, InetAddress address) {}

    @Override
    public void close() {}
  }
}
