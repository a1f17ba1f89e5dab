package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.ApplicationProtocol;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** A client's connection: hands each of its streams on. On the socket's event loop. */
final class QuicServer extends ChannelInboundHandlerAdapter {
  private final QuicListener listener;
  private final EngineOptions options;
  private final Logger log;
  private final StreamBacklog backlog;
  private final KeepAlive keepAlive;
  private @Nullable Future<?> acceptTimeout;

  QuicServer(
      QuicChannel connection,
      QuicListener listener,
      EngineOptions options,
      Consumer<Channel> next,
      Logger log) {
    this.listener = listener;
    this.options = options;
    this.log = log;
    this.backlog =
        new StreamBacklog(connection.eventLoop(), options, next, () -> connection.close());
    this.keepAlive =
        new KeepAlive(
            connection.eventLoop(),
            options.get(EngineOptions.QUIC_SERVER_KEEP_ALIVE_INTERVAL_MS).toNanos(),
            () -> connection.writeAndFlush(connection.alloc().directBuffer(1).writeZero(1)));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    acceptTimeout =
        ctx.executor()
            .schedule(
                () -> ctx.channel().close(),
                options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT).toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** The handshake is done. */
  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    stopTimeout();
    ctx.fireChannelActive();
  }

  private void stopTimeout() {
    if (acceptTimeout != null) {
      acceptTimeout.cancel(false);
      acceptTimeout = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopTimeout();
    keepAlive.stop();
    backlog.close();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopTimeout(); // a connection that never was active does not become inactive
    keepAlive.stop();
    backlog.close();
  }

  /** Sets a new stream up; it is not read yet. */
  void accept(QuicStreamChannel stream) {
    if (!listener.takesStream()) {
      stream.pipeline().addLast(new QuicStream("quic client", CloseReason.CLIENT_RESET));
      stream.close();
      return;
    }
    stream.closeFuture().addListener(closed -> listener.streamGone());
    if (stream.parent().remoteSocketAddress() instanceof InetSocketAddress address) {
      ClientOrigin.source(stream, address);
    }
    stream.pipeline().addLast(new QuicStream("quic client", CloseReason.CLIENT_RESET));
    backlog.add(stream);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof Channel) {
      ctx.fireChannelRead(msg); // the library makes a stream of it
    } else {
      ReferenceCountUtil.release(msg); // DATAGRAM frames only keep the connection alive
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case QuicDatagramExtensionEvent can -> keepAlive.start();
      case QuicConnectionCloseEvent close -> QuicFailure.closed(ctx.channel(), close);
      case SslHandshakeCompletionEvent done when done.isSuccess() -> agreed(ctx);
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  private static void agreed(ChannelHandlerContext ctx) {
    var engine = ((QuicChannel) ctx.channel()).sslEngine();
    if (engine != null) {
      ApplicationProtocol.agreed(ctx.channel(), engine.getApplicationProtocol());
    }
  }

  /** The library closes the connection; its streams are told by that. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug(
        "a quic connection from {}: {}",
        ((QuicChannel) ctx.channel()).remoteSocketAddress(),
        QuicFailure.text(cause));
  }
}
