package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * A stream until the client's request has gone: with the first bytes that are written, in one
 * buffer, or alone when none come within {@link HeaderWait#MILLIS}. Then it leaves the pipeline.
 */
public final class LeadingRequest extends ChannelOutboundHandlerAdapter {
  private final byte[] request;
  private @Nullable HeaderWait wait;

  /**
   * @param request what goes before all else; not copied
   */
  public LeadingRequest(byte[] request) {
    this.request = request;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    wait =
        new HeaderWait(
            ctx.executor(),
            () -> {
              ctx.writeAndFlush(request(ctx, 0), ctx.voidPromise());
              ctx.pipeline().remove(this);
            });
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    boolean bytes = msg instanceof ByteBuf buffer && buffer.isReadable();
    if (!(bytes || msg == EndOfStream.INSTANCE) || !ended()) {
      ctx.write(msg, promise);
      return;
    }
    if (msg instanceof ByteBuf first) {
      ByteBuf both = request(ctx, first.readableBytes()).writeBytes(first);
      first.release();
      ctx.write(both, promise);
    } else {
      ctx.write(request(ctx, 0), ctx.voidPromise());
      ctx.write(msg, promise);
    }
    ctx.pipeline().remove(this);
  }

  private ByteBuf request(ChannelHandlerContext ctx, int more) {
    int length = request.length + more;
    return ctx.alloc().directBuffer(length, length).writeBytes(request);
  }

  private boolean ended() {
    HeaderWait waiting = wait;
    return waiting != null && waiting.end();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ended();
  }
}
