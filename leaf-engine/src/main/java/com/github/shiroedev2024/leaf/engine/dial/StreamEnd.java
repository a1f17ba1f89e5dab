package com.github.shiroedev2024.leaf.engine.dial;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;

/**
 * The bottom of every TCP socket's pipeline: turns {@link EndOfStream} into a half-close, after all
 * bytes written before it have been sent. Everything else passes.
 */
@Sharable
public final class StreamEnd extends ChannelOutboundHandlerAdapter {
  /** It has no state, so one is enough. */
  public static final StreamEnd INSTANCE = new StreamEnd();

  private StreamEnd() {}

  /** Closes so that the peer sees that bytes are missing: a socket is reset. On its loop. */
  public static void reset(Channel channel) {
    if (channel.isOpen() && channel instanceof SocketChannel) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg != EndOfStream.INSTANCE) {
      ctx.write(msg, promise);
      return;
    }
    if (!(ctx.channel() instanceof DuplexChannel socket)) {
      promise.tryFailure(
          new UnsupportedOperationException(ctx.channel() + " cannot end one direction only"));
      return;
    }
    // shutdownOutput drops what is still queued. An empty write keeps its place in the queue and
    // completes when everything before it has gone to the system.
    ctx.write(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              if (flushed.isSuccess()) {
                socket.shutdownOutput(promise.unvoid());
              } else {
                promise.tryFailure(flushed.cause());
              }
            });
  }
}
