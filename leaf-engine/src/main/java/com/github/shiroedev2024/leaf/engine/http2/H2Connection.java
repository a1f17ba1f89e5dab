package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a pool. Streams asked for while it is being made wait for it, and share its
 * fate; a session that gives up meanwhile does not end it for the others. On its loop only.
 */
final class H2Connection extends ChannelInboundHandlerAdapter {
  private final H2Request request;
  private final Outbound hop;
  private final Destination server;
  private final String peer;
  private final Duration timeout;
  private final BooleanSupplier poolClosed;
  private final Consumer<H2Connection> gone;
  private final ArrayDeque<Promise<Channel>> waiting = new ArrayDeque<>();
  private @Nullable Channel channel;
  private @Nullable Future<?> deadline;
  private @Nullable Future<?> idle;
  private int streams;
  private long allowed = H2Limits.STREAMS;
  private boolean ready;
  private boolean retired;

  /**
   * @param poolClosed whether to close behind the last stream
   * @param gone told once, when no more streams may be opened on it
   */
  H2Connection(
      H2Request request,
      Outbound hop,
      Destination server,
      Duration timeout,
      BooleanSupplier poolClosed,
      Consumer<H2Connection> gone) {
    this.request = request;
    this.hop = hop;
    this.server = server;
    this.peer = request.name() + " server " + server;
    this.timeout = timeout;
    this.poolClosed = poolClosed;
    this.gone = gone;
  }

  Destination server() {
    return server;
  }

  /** Whether another stream fits. */
  boolean takes() {
    return !retired && streams + waiting.size() < allowed;
  }

  /** Opens a stream now, or when the connection is there. */
  void open(Promise<Channel> stream) {
    if (ready) {
      start(stream);
    } else {
      waiting.add(stream);
    }
  }

  void dial(Session session, Dialer below) {
    below
        .dial(session, server)
        .addListener(
            (Future<Channel> dialled) -> {
              if (dialled.isSuccess()) {
                begin(dialled.getNow());
              } else {
                fail(SessionException.of(dialled.cause(), CloseReason.DIAL_FAILED));
              }
            });
  }

  private void begin(Channel connected) {
    channel = connected;
    deadline =
        connected
            .eventLoop()
            .schedule(
                () ->
                    fail(
                        CloseReason.HANDSHAKE_TIMEOUT,
                        "did not finish the handshake within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    connected.pipeline().addLast(H2Limits.client(), new Http2MultiplexHandler(new NoPush()), this);
    H2Limits.openWindow(connected);
    connected.config().setAutoRead(true);
  }

  /** Servers that push were told not to. */
  private static final class NoPush extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.close();
    }
  }

  private void start(Promise<Channel> waiter) {
    Channel connection = channel;
    if (waiter.isDone() || connection == null) {
      closeIfIdle();
      return;
    }
    streams++;
    cancel(idle);
    new Http2StreamChannelBootstrap(connection)
        .option(ChannelOption.AUTO_READ, false)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new H2ClientStream(request, peer));
                ChannelHandler codec = request.codec(peer);
                if (codec != null) {
                  stream.pipeline().addLast(codec);
                }
              }
            })
        .open()
        .addListener(
            (Future<Http2StreamChannel> opened) -> {
              if (opened.isSuccess()) {
                ask(connection, opened.getNow(), waiter);
              } else {
                left();
                waiter.tryFailure(failure(opened.cause()));
              }
            });
  }

  private void ask(Channel connection, Http2StreamChannel stream, Promise<Channel> waiter) {
    stream.closeFuture().addListener(closed -> left());
    stream
        .writeAndFlush(new DefaultHttp2HeadersFrame(request.headers(server)))
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                stream.close();
                waiter.tryFailure(failure(sent.cause()));
                return;
              }
              for (Hop each : Path.of(connection).hops().reversed()) {
                Path.passed(stream, each);
              }
              Path.passed(stream, hop);
              Connecting.deliver(waiter, stream);
            });
  }

  private SessionException failure(Throwable cause) {
    return new SessionException(
        CloseReason.HANDSHAKE_FAILED, peer + " took no stream: " + cause.getMessage(), cause);
  }

  private void left() {
    streams--;
    closeIfIdle();
  }

  /** Closes it when it carries nothing: at once, or when that lasts. */
  void closeIfIdle() {
    Channel connection = channel;
    if (streams > 0 || !waiting.isEmpty() || connection == null) {
      return;
    }
    cancel(idle);
    if (retired || poolClosed.getAsBoolean()) {
      retire();
      connection.close();
    } else {
      idle =
          connection
              .eventLoop()
              .schedule(
                  () -> {
                    retire();
                    connection.close();
                  },
                  H2Limits.IDLE_SECONDS,
                  TimeUnit.SECONDS);
    }
  }

  private void retire() {
    if (!retired) {
      retired = true;
      gone.accept(this);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof Http2SettingsFrame frame) {
      Long most = frame.settings().maxConcurrentStreams();
      allowed = most == null ? allowed : Math.min(most, H2Limits.STREAMS);
      settled();
    } else if (msg instanceof Http2GoAwayFrame) {
      retire();
      if (!ready) {
        fail(CloseReason.HANDSHAKE_CLOSED, "went away during the handshake");
      }
      closeIfIdle();
    }
    ReferenceCountUtil.release(msg);
  }

  private void settled() {
    if (ready) {
      return;
    }
    ready = true;
    cancel(deadline);
    for (Promise<Channel> next = waiting.poll(); next != null; next = waiting.poll()) {
      if (streams < allowed) {
        start(next);
      } else {
        next.tryFailure(
            new SessionException(
                CloseReason.LIMIT, peer + " allows " + allowed + " streams at once"));
      }
    }
    closeIfIdle();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ended();
      H2Limits.cut(ctx.channel());
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended();
    ctx.fireChannelInactive();
  }

  private void ended() {
    if (!ready) {
      fail(CloseReason.HANDSHAKE_CLOSED, "closed the connection during the handshake");
    }
    cancel(idle);
    retire();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SessionException known = SessionException.of(cause, CloseReason.PROTOCOL_ERROR);
    if (!ready) {
      fail(known.reason(), "failed during the handshake: " + known.getMessage());
    } else {
      retire();
      if (!(cause instanceof Http2Exception)) { // of those the codec tells the peer, then closes
        H2Limits.cut(ctx.channel());
      }
    }
  }

  private void fail(CloseReason reason, String what) {
    fail(new SessionException(reason, peer + " " + what));
  }

  /** It could not be made: all that wait for it fail. */
  private void fail(SessionException failure) {
    cancel(deadline);
    retire();
    for (Promise<Channel> next = waiting.poll(); next != null; next = waiting.poll()) {
      next.tryFailure(failure);
    }
    Channel connection = channel;
    if (connection != null) {
      H2Limits.cut(connection);
    }
  }

  private static void cancel(@Nullable Future<?> running) {
    if (running != null) {
      running.cancel(false);
    }
  }
}
