package com.github.shiroedev2024.leaf.engine.transport;

import com.github.shiroedev2024.leaf.engine.dial.ReadGate;
import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.protocol.RealDialer;
import com.github.shiroedev2024.leaf.engine.relay.StreamRelay;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.testkit.Await;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loopback port in front of one destination, with the engine's own relay between: behind a layer
 * it is a server, with an outbound it is a client, so that tests use plain sockets at both ends.
 */
public final class Port implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final EventLoopGroup loops;
  private final Dialer dialer = new RealDialer();
  private final @Nullable Outbound outbound;
  private final Destination destination;
  private final EngineOptions options;
  private final Channel listener;
  private final ConcurrentLinkedQueue<Session> sessions = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Channel> channels = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private Port(
      BiConsumer<Channel, Consumer<Channel>> entry,
      @Nullable Outbound outbound,
      Destination destination,
      EngineOptions options) {
    this.outbound = outbound;
    this.destination = destination;
    this.options = options;
    this.loops = Transports.newLoops(2, true, "port");
    this.listener =
        new ServerBootstrap()
            .group(loops)
            .channel(Transports.serverSocketChannel(loops))
            .option(ChannelOption.SO_BACKLOG, 1024)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    channels.add(client);
                    accepted.incrementAndGet();
                    client.pipeline().addLast(new ReadGate(), StreamEnd.INSTANCE);
                    entry.accept(client, Port.this::serve);
                  }
                })
            .bind(new InetSocketAddress(LOOPBACK, 0))
            .syncUninterruptibly()
            .channel();
  }

  /** Takes what the layer makes of its clients to a loopback port. */
  public static Port server(InboundLayer layer, int target, EngineOptions options) {
    return new Port(layer::accept, null, Destination.of("127.0.0.1", target), options);
  }

  /** Takes plain clients through the outbound, whose server this destination is. */
  public static Port client(Outbound outbound, Destination server, EngineOptions options) {
    return new Port(
        (client, next) -> {
          client.config().setAutoRead(false);
          next.accept(client);
        },
        outbound,
        server,
        options);
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  public List<Session> sessions() {
    return List.copyOf(sessions);
  }

  /** The session of the first connection. */
  public Session session() {
    return Await.value("session", sessions::peek);
  }

  /** Why the first connection ended. */
  public CloseReason reason() {
    return Await.value("end", () -> session().closeReason());
  }

  private void serve(Channel stream) {
    stream.config().setAutoRead(false);
    stream.pipeline().addLast(new Early());
    Session session =
        new Session(
            1,
            Network.TCP,
            "port",
            ClientOrigin.source(stream),
            destination,
            null,
            stream.eventLoop(),
            SessionEvents.NONE,
            0);
    session.forwardedSource(ClientOrigin.forwarded(stream));
    sessions.add(session);
    Future<Channel> connecting =
        outbound == null
            ? dialer.dial(session, destination)
            : outbound.connect(session, destination, dialer);
    connecting.addListener(
        (Future<Channel> connected) -> {
          if (connected.isSuccess()) {
            channels.add(connected.getNow());
            StreamRelay.install(session, stream, connected.getNow(), options, null).begin();
          } else {
            stream.close();
            SessionException cause =
                SessionException.of(connected.cause(), CloseReason.INTERNAL_ERROR);
            session.end(cause.reason(), cause.getMessage());
          }
        });
  }

  /** Connections accepted so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Closes all connections that were accepted, without a word. */
  public void breakConnections() {
    channels.stream()
        .filter(SocketChannel.class::isInstance)
        .map(channel -> channel.pipeline().firstContext())
        .filter(Objects::nonNull) // closed by the one before
        .forEach(ChannelHandlerContext::close);
  }

  /** The channels that still live. */
  public int open() {
    return (int) channels.stream().filter(Channel::isOpen).count();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    if (outbound != null) {
      outbound.close();
    }
    sessions.forEach(session -> session.close(CloseReason.SHUTDOWN));
    channels.forEach(Channel::close);
    Await.until("every channel closed", () -> open() == 0);
    loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }

  /** Keeps what a layer hands on before the relay is there. */
  private static final class Early extends ChannelDuplexHandler {
    private final ArrayDeque<Object> held = new ArrayDeque<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      held.add(msg);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      held.add(event);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
      ctx.pipeline().remove(this);
      ctx.read();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      for (Object each : held) {
        if (!ctx.channel().isActive()) {
          ReferenceCountUtil.release(each);
        } else if (each instanceof ByteBuf) {
          ctx.fireChannelRead(each);
          ctx.fireChannelReadComplete();
        } else {
          ctx.fireUserEventTriggered(each);
        }
      }
    }
  }
}
