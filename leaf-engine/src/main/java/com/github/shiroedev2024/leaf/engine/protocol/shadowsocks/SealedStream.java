package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;

/**
 * Either end of a stream: bytes above, sealed chunks below.
 *
 * <p>A stream that does not authenticate, or ends within a chunk, fails once, by an exception at
 * the tail, and is closed; nothing that was read after the fault is passed on.
 */
abstract class SealedStream extends ChannelDuplexHandler {
  final StreamSealer sealer;
  private final StreamOpener opener;
  private final String peer;
  private Consumer<ByteBuf> receiver = ReferenceCountUtil::release;
  private boolean failed;
  private boolean inputEnded;
  private boolean passedOn;

  /**
   * @param peer what to call the other end in failures
   */
  SealedStream(StreamSealer sealer, StreamOpener opener, String peer) {
    this.sealer = sealer;
    this.opener = opener;
    this.peer = peer;
  }

  /** Whether what was flushed may go out. */
  abstract boolean mayGo();

  /** Something is there to be sent, or nothing ever will be. */
  abstract void awaken();

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    receiver = opened -> received(ctx, opened);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  /** Passes on what was opened; owns it. */
  void received(ChannelHandlerContext ctx, ByteBuf opened) {
    passedOn = true;
    ctx.fireChannelRead(opened);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes && bytes.isReadable()) {
      awaken();
      sealer.add(ctx, bytes, promise);
      return;
    }
    if (msg == EndOfStream.INSTANCE) {
      awaken();
      sealer.sealAll(ctx);
    }
    ctx.write(msg, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (mayGo()) {
      sealer.sealAll(ctx);
    }
    ctx.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || failed) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      opener.read(piece, ctx.alloc(), receiver);
    } catch (AEADBadTagException | BadHeaderException e) {
      fail(ctx, fault(e));
    }
  }

  private SessionException fault(Exception cause) {
    if (cause instanceof BadHeaderException) {
      return new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + cause.getMessage());
    }
    return opener.begun()
        ? new SessionException(
            CloseReason.PROTOCOL_ERROR,
            peer + ": the stream was altered on its way (" + cause.getMessage() + ")")
        : new SessionException(
            CloseReason.AUTH_FAILED,
            peer + ": the answer does not fit the key; check method and password");
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came did not complete a chunk
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
    release();
    ctx.fireChannelInactive();
  }

  private void inputEnds(ChannelHandlerContext ctx) {
    if (!inputEnded && !failed && !opener.atBoundary()) {
      fail(
          ctx,
          new SessionException(
              CloseReason.PROTOCOL_ERROR, peer + ": the stream ended within a chunk"));
    }
    inputEnded = true;
  }

  final void fail(ChannelHandlerContext ctx, SessionException cause) {
    failed = true;
    opener.close();
    tell(ctx, cause);
    ctx.close();
  }

  /** Tells whoever is responsible for the stream why it is about to be closed. */
  void tell(ChannelHandlerContext ctx, SessionException cause) {
    ctx.fireExceptionCaught(cause);
  }

  void release() {
    awaken();
    opener.close();
    if (sealer.waiting()) { // rarely: an exception costs a walk of the stack
      sealer.fail(new ClosedChannelException());
    }
  }
}
