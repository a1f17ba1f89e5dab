package com.github.shiroedev2024.leaf.engine.fakes;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Connects by real sockets, and counts them. */
public final class SocketOutbound implements Outbound {
  public static final Dialer SYSTEM = FakeContext.NO_DIALER;

  public final ConcurrentLinkedQueue<Session> sessions = new ConcurrentLinkedQueue<>();
  public final ConcurrentLinkedQueue<Promise<Channel>> dials = new ConcurrentLinkedQueue<>();
  public volatile boolean silent;
  private final Map<Network, Integer> redirects = new EnumMap<>(Network.class);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final String tag;
  private final Set<Network> carried;

  public SocketOutbound(String tag) {
    this(tag, EnumSet.allOf(Network.class));
  }

  public SocketOutbound(String tag, Set<Network> carried) {
    this.tag = tag;
    this.carried = carried;
  }

  /** Whatever it is asked for, it goes to this port of the loopback. Before the first use. */
  public void redirect(Network network, int port) {
    redirects.put(network, port);
  }

  public int open() {
    return open.get();
  }

  public int mostOpen() {
    return mostOpen.get();
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public boolean carries(Network network) {
    return carried.contains(network);
  }

  private InetSocketAddress address(Network network, Destination destination) {
    Integer port = redirects.get(network);
    return port == null ? destination.socketAddress() : new InetSocketAddress("127.0.0.1", port);
  }

  @Override
  public Future<Channel> connect(Session session, Destination destination, Dialer below) {
    if (silent) {
      Promise<Channel> never = session.loop().newPromise();
      dials.add(never);
      return never;
    }
    ChannelFuture connecting =
        new Bootstrap()
            .group(session.loop())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(address(Network.TCP, destination));
    return handed(session, connecting);
  }

  @Override
  public Future<Channel> associate(Session session, Destination first, Dialer below) {
    ChannelFuture binding =
        new Bootstrap()
            .group(session.loop())
            .channel(NioDatagramChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .handler(new Datagrams(address(Network.UDP, first), first))
            .bind(0);
    return handed(session, binding);
  }

  private Future<Channel> handed(Session session, ChannelFuture opening) {
    sessions.add(session);
    Promise<Channel> promise = session.loop().newPromise();
    dials.add(promise);
    opening.addListener(
        done -> {
          if (!done.isSuccess()) {
            promise.tryFailure(SessionException.of(done.cause(), CloseReason.DIAL_FAILED).at(tag));
          } else if (promise.trySuccess(opening.channel())) {
            mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            opening.channel().closeFuture().addListener(closed -> open.decrementAndGet());
          } else {
            opening.channel().close();
          }
        });
    return promise;
  }

  /** Datagrams to and from packets. */
  private static final class Datagrams extends ChannelDuplexHandler {
    private final InetSocketAddress to;
    private final Destination peer;

    Datagrams(InetSocketAddress to, Destination peer) {
      this.to = to;
      this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ctx.fireChannelRead(new Datagram(peer, ((DatagramPacket) msg).content()));
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      ctx.write(new DatagramPacket(((Datagram) msg).content(), to), promise);
    }
  }
}
