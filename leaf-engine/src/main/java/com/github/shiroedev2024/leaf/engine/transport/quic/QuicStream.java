package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * The bottom of a stream's pipeline. A direction ends with a FIN. A stream that is closed before
 * its own FIN was sent is reset, and one that the peer has not ended is asked to stop, so that
 * neither side takes a part for the whole.
 *
 * <p>The library goes on with a read that was asked for before {@code autoRead} went off; what
 * comes of that, one read at most, waits here until it is asked for.
 */
final class QuicStream extends ChannelDuplexHandler {
  private static final int NO_ERROR = 0;

  private final String peer;
  private final CloseReason lost;
  private final ArrayDeque<Object> held = new ArrayDeque<>(0);
  private boolean asked;
  private boolean draining;
  private boolean inputEnded;
  private boolean over;

  /**
   * @param peer what to call the other side in failures
   * @param lost the reason of a session whose stream the other side does not bring to its end
   */
  QuicStream(String peer, CloseReason lost) {
    this.peer = peer;
    this.lost = lost;
  }

  // Sending.

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg != EndOfStream.INSTANCE) {
      ctx.write(msg, promise);
      return;
    }
    ctx.write(QuicStreamFrame.EMPTY_FIN)
        .addListener(
            written -> {
              if (written.isSuccess()
                  || written.cause() instanceof ChannelOutputShutdownException) {
                promise.trySuccess(); // a peer that reads no more needs no end
              } else {
                promise.tryFailure(written.cause());
              }
            });
  }

  // Receiving.

  @Override
  public void read(ChannelHandlerContext ctx) {
    asked = true;
    if (held.isEmpty()) {
      ctx.read();
    } else {
      drain(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (over) {
      ReferenceCountUtil.release(msg);
    } else if (held.isEmpty() && open(ctx)) {
      ctx.fireChannelRead(msg);
    } else {
      held.add(msg);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (held.isEmpty()) {
      asked = false;
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnded = true;
      if (held.isEmpty() && open(ctx)) {
        ctx.fireUserEventTriggered(event);
      } else {
        held.add(event);
      }
    } else if (event != ChannelInputShutdownReadComplete.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    }
  }

  private boolean open(ChannelHandlerContext ctx) {
    return asked || ctx.channel().config().isAutoRead();
  }

  private void drain(ChannelHandlerContext ctx) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!held.isEmpty() && open(ctx)) {
        passOn(ctx);
      }
    } finally {
      draining = false;
    }
    if (held.isEmpty() && ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  private void passOn(ChannelHandlerContext ctx) {
    Object next = held.poll();
    if (next == ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(next);
    } else if (next != null) {
      asked = false;
      ctx.fireChannelRead(next);
      ctx.fireChannelReadComplete();
    }
  }

  // Ending.

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!over) {
      release();
      ctx.fireExceptionCaught(QuicFailure.ofStream(cause, peer, lost));
      ctx.channel().close();
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    over = true;
    release();
    QuicStreamChannel stream = (QuicStreamChannel) ctx.channel();
    if (stream.isOpen()) {
      if (!stream.isInputShutdown()) {
        stream.shutdownInput(NO_ERROR);
      }
      if (!stream.isOutputShutdown()) {
        stream.shutdownOutput(NO_ERROR);
      }
    }
    ctx.close(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    QuicChannel connection = ((QuicStreamChannel) ctx.channel()).parent();
    EndedStreams.forget((QuicStreamChannel) ctx.channel());
    if (inputEnded) {
      while (!held.isEmpty()) {
        passOn(ctx); // all there is has come, and both directions have ended
      }
    } else if (!over) {
      release();
      SessionException cause = QuicFailure.lost(connection, peer, lost);
      over = true;
      ctx.fireExceptionCaught(cause);
    }
    over = true;
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  private void release() {
    for (Object msg = held.poll(); msg != null; msg = held.poll()) {
      ReferenceCountUtil.release(msg);
    }
  }
}
