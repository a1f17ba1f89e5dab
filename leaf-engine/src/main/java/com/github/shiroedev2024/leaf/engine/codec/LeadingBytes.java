package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * A stream until what leads it has gone, with the first bytes that are written, in one buffer. Then
 * it leaves the pipeline.
 */
public final class LeadingBytes extends ChannelOutboundHandlerAdapter {
  private final byte[] leading;
  private final boolean alone;
  private @Nullable HeaderWait wait;

  private LeadingBytes(byte[] leading, boolean alone) {
    this.leading = leading;
    this.alone = alone;
  }

  /**
   * A client's request, which goes alone when nothing is written within {@link HeaderWait#MILLIS}.
   *
   * @param bytes not copied
   */
  public static LeadingBytes request(byte[] bytes) {
    return new LeadingBytes(bytes, true);
  }

  /**
   * A server's answer, which waits for what the remote sends, or for its end: a client that has
   * sent all and closed would break the connection on any byte, with what is still on its way.
   *
   * @param bytes not copied
   */
  public static LeadingBytes answer(byte[] bytes) {
    return new LeadingBytes(bytes, false);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (!alone) {
      return;
    }
    wait =
        new HeaderWait(
            ctx.executor(),
            () -> {
              ctx.writeAndFlush(led(ctx, 0), ctx.voidPromise());
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
      ByteBuf both = led(ctx, first.readableBytes()).writeBytes(first);
      first.release();
      ctx.write(both, promise);
    } else {
      ctx.write(led(ctx, 0), ctx.voidPromise());
      ctx.write(msg, promise);
    }
    ctx.pipeline().remove(this);
  }

  private ByteBuf led(ChannelHandlerContext ctx, int more) {
    int length = leading.length + more;
    return ctx.alloc().directBuffer(length, length).writeBytes(leading);
  }

  private boolean ended() {
    HeaderWait waiting = wait;
    return !alone || (waiting != null && waiting.end());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ended();
  }
}
