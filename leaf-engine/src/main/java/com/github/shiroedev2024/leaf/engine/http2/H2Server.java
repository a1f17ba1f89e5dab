package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.http.PlainAnswer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a connection. It begins with the client's preface (RFC 9113, section 3.4);
 * who sends something else is answered in HTTP/1.1 and drained. Streams that are accepted are
 * handed on; a connection without any is closed, at first after the accept timeout, later after
 * {@value H2Limits#IDLE_SECONDS} s.
 */
public final class H2Server extends ChannelInboundHandlerAdapter {
  private static final byte[] PREFACE = preface();

  private final H2Service service;
  private final EngineOptions options;
  private final Consumer<Channel> next;
  private int matched;
  private boolean refused;
  private boolean begun;
  private int streams;
  private @Nullable Future<?> deadline;

  public H2Server(H2Service service, EngineOptions options, Consumer<Channel> next) {
    this.service = service;
    this.options = options;
    this.next = next;
  }

  private static byte[] preface() {
    ByteBuf bytes = Http2CodecUtil.connectionPrefaceBuf();
    byte[] preface = new byte[bytes.readableBytes()];
    bytes.readBytes(preface);
    bytes.release();
    return preface;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    closeAfter(ctx, options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT).toNanos());
  }

  private void closeAfter(ChannelHandlerContext ctx, long nanos) {
    endDeadline();
    deadline =
        ctx.executor().schedule(() -> H2Limits.cut(ctx.channel()), nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || refused || begun) {
      ReferenceCountUtil.release(msg);
      return;
    }
    int at = bytes.readerIndex();
    while (matched < PREFACE.length && at < bytes.writerIndex()) {
      if (bytes.getByte(at++) != PREFACE[matched]) {
        bytes.release();
        refused = true;
        PlainAnswer.write(ctx, "400 Bad Request");
        return;
      }
      matched++;
    }
    if (matched < PREFACE.length) {
      bytes.release();
      return;
    }
    begun = true;
    bytes.readerIndex(at);
    begin(ctx, bytes);
  }

  private void begin(ChannelHandlerContext ctx, ByteBuf rest) {
    ctx.pipeline()
        .addBefore(ctx.name(), ctx.name() + "-codec", H2Limits.server())
        .addBefore(
            ctx.name(),
            ctx.name() + "-streams",
            new Http2MultiplexHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel stream) {
                    stream
                        .pipeline()
                        .addLast(
                            new H2ServerStream(
                                service, options, accepted -> accepted(ctx, accepted)));
                  }
                }));
    H2Limits.openWindow(ctx.channel());
    try {
      ChannelHandlerContext codec = ctx.pipeline().context(ctx.name() + "-codec");
      ChannelInboundHandlerAdapter handler = (ChannelInboundHandlerAdapter) codec.handler();
      handler.channelRead(codec, Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(PREFACE), rest));
    } catch (Exception e) {
      ctx.pipeline().fireExceptionCaught(e);
    }
  }

  private void accepted(ChannelHandlerContext ctx, Channel stream) {
    streams++;
    endDeadline();
    stream
        .closeFuture()
        .addListener(
            closed -> {
              if (--streams == 0 && ctx.channel().isActive()) {
                closeAfter(ctx, TimeUnit.SECONDS.toNanos(H2Limits.IDLE_SECONDS));
              }
            });
    next.accept(stream);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      H2Limits.cut(ctx.channel());
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endDeadline();
    ctx.fireChannelInactive();
  }

  /** Whoever sends what is no HTTP/2 is nobody's failure; the codec says GOAWAY, then closes. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof Http2Exception)) {
      H2Limits.cut(ctx.channel());
    }
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
