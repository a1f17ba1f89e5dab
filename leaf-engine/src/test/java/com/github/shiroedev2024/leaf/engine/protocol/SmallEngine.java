package com.github.shiroedev2024.leaf.engine.protocol;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.protocol.direct.DirectOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * As much of an engine as a protocol needs to run on real sockets: a listener, a dispatcher that
 * sends everything to one outbound, a plain relay.
 */
public final class SmallEngine implements Dispatcher, InboundContext, AutoCloseable {
  private final EventLoopGroup loops;
  private final RealDialer dialer = new RealDialer();
  private final ILoggerFactory logs = new NOPLoggerFactory();
  private final AtomicLong ids = new AtomicLong();
  private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();
  private final List<Channel> listening = new ArrayList<>();
  private final Map<String, InboundSpec> parts = new HashMap<>();
  private final Queue<Channel> clients = new ConcurrentLinkedQueue<>();
  private EngineOptions options = EngineOptions.defaults();
  private volatile Outbound outbound = new DirectOutbound("direct");

  public SmallEngine() {
    this(true);
  }

  public SmallEngine(boolean preferNative) {
    loops = Transports.newLoops(1, preferNative, "small-engine");
  }

  public <T> SmallEngine with(EngineOptions.Option<T> option, T value) {
    options = options.with(option, value);
    return this;
  }

  /** Where all sessions go; at first straight to their destination. */
  public SmallEngine through(Outbound other) {
    outbound = other;
    return this;
  }

  public RealDialer dialer() {
    return dialer;
  }

  /** Adds a part that an inbound's settings name. */
  public SmallEngine part(String tag, InboundType type, PartOptions options) {
    parts.put(
        tag,
        new InboundSpec(
            tag, type, InetSocketAddress.createUnresolved("", 0), options, Source.NONE));
    return this;
  }

  /** Listens on a free loopback port, for TCP and UDP as the inbound asks. */
  public int listen(Function<InboundContext, Inbound> build) {
    Inbound inbound = build.apply(this);
    int port = inbound.networks().contains(Network.TCP) ? listenTcp(inbound) : 0;
    return inbound.networks().contains(Network.UDP) ? listenUdp(inbound, port) : port;
  }

  private int listenUdp(Inbound inbound, int port) {
    EventLoop loop = loops.next();
    Channel channel =
        new Bootstrap()
            .group(loop)
            .channel(Transports.datagramChannel(loop))
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_535))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel udp) {
                    inbound.attach(udp);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), port)
            .syncUninterruptibly()
            .channel();
    listening.add(channel);
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private int listenTcp(Inbound inbound) {
    Channel channel =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel client) {
                    clients.add(client);
                    client.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                    inbound.accept(client);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    listening.add(channel);
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  public List<Session> sessions() {
    return List.copyOf(sessions);
  }

  @Override
  public EventLoopGroup loops() {
    return loops;
  }

  @Override
  public InboundSpec part(String tag) {
    return Objects.requireNonNull(parts.get(tag));
  }

  /** An event loop for a test's own channels. */
  public EventLoop loop() {
    return loops.next();
  }

  /** A session of no inbound, for tests that call an outbound themselves. */
  public Session session(Network network, Destination destination) {
    return open(
        network, "test", new InetSocketAddress("127.0.0.1", 1), destination, null, loops.next());
  }

  /** Runs on a session's loop and waits for the result. */
  public <T> T onLoop(Session session, Callable<T> work) {
    try {
      return session.loop().submit(work).get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Dispatcher dispatcher() {
    return this;
  }

  @Override
  public EngineOptions options() {
    return options;
  }

  @Override
  public ILoggerFactory logs() {
    return logs;
  }

  @Override
  public Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop) {
    Session session =
        new Session(
            ids.incrementAndGet(),
            network,
            inboundTag,
            source,
            destination,
            userId,
            loop,
            SessionEvents.NONE,
            0);
    sessions.add(session);
    return session;
  }

  @Override
  public Future<Channel> connect(Session session) {
    Future<Channel> connecting = outbound.connect(session, session.destination(), dialer);
    connecting.addListener(
        (Future<Channel> done) -> {
          if (!done.isSuccess()) {
            SessionException cause = SessionException.of(done.cause(), CloseReason.INTERNAL_ERROR);
            session.end(cause.reason(), cause.getMessage());
          }
        });
    return connecting;
  }

  @Override
  public void serve(Session session, Channel client, ClientReply reply) {
    connect(session)
        .addListener(
            (Future<Channel> done) -> {
              if (!done.isSuccess()) {
                reply.refused(
                    client, SessionException.of(done.cause(), CloseReason.INTERNAL_ERROR));
                return;
              }
              relay(session, client, done.getNow(), reply);
            });
  }

  @Override
  public void relay(Session session, Channel client, Channel remote, ClientReply reply) {
    session.onEnd(
        reason -> {
          client.close();
          remote.close();
        });
    client.pipeline().addLast(new Pipe(session, remote, true));
    remote.pipeline().addLast(new Pipe(session, client, false));
    reply.granted(client, remote);
    client.config().setAutoRead(true);
    remote.config().setAutoRead(true);
  }

  @Override
  public DatagramLink associate(Session session, DatagramSink client) {
    List<Datagram> waiting = new ArrayList<>();
    Channel[] open = new Channel[1];
    session.onEnd(
        reason -> {
          waiting.forEach(Datagram::release);
          waiting.clear();
          if (open[0] != null) {
            open[0].close();
          }
        });
    outbound
        .associate(session, session.destination(), dialer)
        .addListener(
            (Future<Channel> done) -> {
              if (!done.isSuccess()) {
                SessionException cause =
                    SessionException.of(done.cause(), CloseReason.INTERNAL_ERROR);
                session.end(cause.reason(), cause.getMessage());
                return;
              }
              Channel channel = done.getNow();
              open[0] = channel;
              if (session.closeReason() != null) {
                channel.close();
                return;
              }
              channel.pipeline().addLast(new Sink(session, client));
              waiting.forEach(channel::write);
              waiting.clear();
              channel.flush();
              channel.config().setAutoRead(true);
            });
    return datagram -> {
      if (session.closeReason() != null) {
        datagram.release();
        return;
      }
      session.countSent(datagram.content().readableBytes());
      if (open[0] == null) {
        waiting.add(datagram);
      } else {
        open[0].writeAndFlush(datagram, open[0].voidPromise());
      }
    };
  }

  @Override
  public void close() {
    // Sockets that are still open when their loop ends may stay open with the JDK's selectors.
    listening.forEach(channel -> channel.close().syncUninterruptibly());
    clients.forEach(channel -> channel.close().syncUninterruptibly());
    sessions.forEach(session -> session.close(CloseReason.SHUTDOWN));
    loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }

  private static final class Pipe extends ChannelInboundHandlerAdapter {
    private final Session session;
    private final Channel peer;
    private final boolean fromClient;

    Pipe(Session session, Channel peer, boolean fromClient) {
      this.session = session;
      this.peer = peer;
      this.fromClient = fromClient;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      int length = ((ByteBuf) msg).readableBytes();
      if (fromClient) {
        session.countSent(length);
      } else {
        session.countReceived(length);
      }
      ctx.channel().config().setAutoRead(false);
      peer.writeAndFlush(msg).addListener(written -> ctx.channel().config().setAutoRead(true));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        peer.writeAndFlush(EndOfStream.INSTANCE);
        if (fromClient) {
          session.completeSend();
        } else {
          session.completeReceive();
        }
        if (session.sendCompleted() && session.receiveCompleted()) {
          session.end(CloseReason.FINISHED, null);
        }
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      session.end(CloseReason.FINISHED, null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      session.end(
          fromClient ? CloseReason.CLIENT_RESET : CloseReason.REMOTE_RESET, cause.getMessage());
    }
  }

  private static final class Sink extends ChannelInboundHandlerAdapter {
    private final Session session;
    private final DatagramSink client;

    Sink(Session session, DatagramSink client) {
      this.session = session;
      this.client = client;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (!(msg instanceof Datagram datagram) || session.closeReason() != null) {
        ReferenceCountUtil.release(msg);
        return;
      }
      session.countReceived(datagram.content().readableBytes());
      client.receive(datagram);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      client.receiveComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      session.end(CloseReason.FINISHED, null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      session.end(CloseReason.REMOTE_RESET, cause.getMessage());
    }
  }
}
