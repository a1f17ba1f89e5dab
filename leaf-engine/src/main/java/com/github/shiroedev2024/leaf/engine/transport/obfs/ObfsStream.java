package com.github.shiroedev2024.leaf.engine.transport.obfs;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * The client's end of an obfuscated stream. It holds back nothing that was written, and of what it
 * read no more than an incomplete head. A stream that ends within something fails; one on which
 * nothing came at all has ended in order, since the server answers with the first bytes only.
 */
abstract class ObfsStream extends ChannelDuplexHandler {
  /** Bytes that no such server sends. */
  static final class UnexpectedException extends Exception {
    private static final long serialVersionUID = 1;

    UnexpectedException(String message) {
      super(message, null, false, false);
    }
  }

  private final String peer;
  private boolean opened;
  private boolean failed;
  private boolean inputEnded;
  private boolean passedOn;

  /**
   * @param peer what to call the server in failures
   */
  ObfsStream(String peer) {
    this.peer = peer;
  }

  /** Writes the first bytes, which may be none; owns them. */
  abstract void open(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise);

  /** Writes further bytes; owns them. */
  abstract void wrap(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise);

  /** Takes what can be taken off the piece, and passes bytes on with {@link #pass}. */
  abstract void unwrap(ChannelHandlerContext ctx, ByteBuf piece) throws UnexpectedException;

  /** Whether the stream may end here. */
  abstract boolean atBoundary();

  final void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
    passedOn = true;
    ctx.fireChannelRead(bytes);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes && bytes.isReadable()) {
      if (opened) {
        wrap(ctx, bytes, promise);
      } else {
        opened = true;
        open(ctx, bytes, promise);
      }
      return;
    }
    if (msg == EndOfStream.INSTANCE && !opened) {
      opened = true;
      open(ctx, Unpooled.EMPTY_BUFFER, ctx.voidPromise());
    }
    ctx.write(msg, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece)) {
      ctx.fireChannelRead(msg);
      return;
    }
    try {
      while (!failed && piece.isReadable()) {
        unwrap(ctx, piece);
      }
    } catch (UnexpectedException e) {
      fail(ctx, String.valueOf(e.getMessage()));
    } finally {
      ReferenceCountUtil.release(piece);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came was none of the stream's bytes
    }
    passedOn = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputEnds(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnds(ctx);
    ctx.fireChannelInactive();
  }

  private void inputEnds(ChannelHandlerContext ctx) {
    if (!inputEnded && !failed && !atBoundary()) {
      fail(ctx, "the stream ended too early");
    }
    inputEnded = true;
  }

  private void fail(ChannelHandlerContext ctx, String why) {
    failed = true;
    ctx.fireExceptionCaught(new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + why));
    ctx.close();
  }
}
