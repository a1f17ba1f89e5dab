package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A secured stream after its handshake: bytes above, records below.
 *
 * <p>The end of each direction is a {@code close_notify}, and nothing else: a peer whose connection
 * ends without one may have been cut off by anybody, so that is a failure, as in other
 * implementations. What waits for a flush counts against the channel's writability.
 */
final class TlsStream extends ChannelDuplexHandler {
  /** The most plaintext sealed into one buffer, in bytes. */
  private static final int BATCH = 16 * Records.MAX_PLAINTEXT;

  private final Records records;
  private final String peer;
  private final CloseReason cut;
  private final ArrayDeque<ByteBuf> opened = new ArrayDeque<>(2);
  private @Nullable ChannelHandlerContext own;
  private @Nullable CoalescingBufferQueue waiting;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean failed;
  private boolean closing;
  private boolean passedOn;
  private boolean passing = true; // nothing before begin()
  private @Nullable SSLException fault;

  /**
   * @param peer what to call the other side in failures
   * @param cut the reason of a session whose peer ends the connection without saying so
   */
  TlsStream(Records records, String peer, CloseReason cut) {
    this.records = records;
    this.peer = peer;
    this.cut = cut;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    own = ctx;
    waiting = new CoalescingBufferQueue(ctx.channel(), 4, true);
  }

  /**
   * Those above are in place: what was read before is passed on.
   *
   * @param received ciphertext that came with the end of the handshake; it is released
   */
  void begin(ByteBuf received) {
    passing = false;
    ChannelHandlerContext ctx = own;
    if (ctx == null || ctx.isRemoved()) {
      received.release();
      return;
    }
    answer(ctx); // session tickets
    if (received.isReadable()) {
      channelRead(ctx, received);
      channelReadComplete(ctx);
    } else {
      received.release();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    closeWaiting();
    records.release();
  }

  // ---- sending
  // ------------------------------------------------------------------------------------

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg == EndOfStream.INSTANCE) {
      end(ctx, promise);
      return;
    }
    if (!(msg instanceof ByteBuf bytes)) {
      ctx.write(msg, promise);
      return;
    }
    CoalescingBufferQueue queue = waiting;
    if (queue == null || outputEnded || failed || !records.outputOpen()) {
      bytes.release();
      unwritable(ctx, promise);
      return;
    }
    queue.add(bytes, promise);
    if (queue.readableBytes() >= BATCH) {
      sealWaiting(ctx);
    }
  }

  /** The peer's end came first, and the engine does not let this side go on. */
  private void unwritable(ChannelHandlerContext ctx, ChannelPromise promise) {
    boolean told = outputEnded || failed || closing;
    if (told) {
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    SessionException cause =
        new SessionException(
            CloseReason.PROTOCOL_ERROR,
            peer + ": the stream cannot be written any more: the peer ended it in TLS 1.2");
    promise.tryFailure(cause);
    fail(ctx, cause);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    sealWaiting(ctx);
    ctx.flush();
  }

  private void sealWaiting(ChannelHandlerContext ctx) {
    CoalescingBufferQueue queue = waiting;
    while (queue != null && !queue.isEmpty() && !failed) {
      ChannelPromise promise = ctx.newPromise();
      ByteBuf plain = queue.remove(BATCH, promise);
      ByteBuf out = null;
      try {
        out = ctx.alloc().directBuffer(records.sealedLength(plain.readableBytes()));
        records.seal(plain, out);
        ctx.write(out, promise);
        out = null;
      } catch (SSLException e) {
        promise.tryFailure(e);
        fail(ctx, new SessionException(CloseReason.INTERNAL_ERROR, peer + ": " + e.getMessage()));
      } finally {
        plain.release();
        if (out != null) {
          out.release();
        }
      }
    }
  }

  private void end(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (outputEnded || failed) {
      promise.trySuccess();
      return;
    }
    sealWaiting(ctx);
    outputEnded = true;
    try {
      ctx.write(records.close(ctx.alloc()), promise);
    } catch (SSLException e) {
      promise.tryFailure(e);
    }
  }

  /** A close that does not reset says goodbye, as a plain socket does with its FIN. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    closing = true;
    Integer linger = ctx.channel().config().getOption(ChannelOption.SO_LINGER);
    boolean reset = linger != null && linger == 0;
    if (!reset && !outputEnded && !failed && ctx.channel().isActive()) {
      end(ctx, ctx.newPromise());
      ctx.flush();
    }
    ctx.close(promise);
  }

  // ---- receiving
  // ----------------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || failed || inputEnded) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      records.open(piece, ctx.alloc(), opened);
    } catch (SSLException e) {
      fault = e;
    }
    answer(ctx);
    passOn(ctx);
  }

  /** What the protocol says by itself goes out at once. */
  private void answer(ChannelHandlerContext ctx) {
    try {
      ByteBuf own = records.pending(ctx.alloc());
      if (own != null) {
        ctx.writeAndFlush(own);
      }
    } catch (SSLException e) {
      fail(ctx, new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + e.getMessage()));
    }
  }

  private void passOn(ChannelHandlerContext ctx) {
    if (passing) {
      return; // a read was asked for while bytes are passed on, which come first
    }
    passing = true;
    for (ByteBuf next = opened.poll(); next != null; next = opened.poll()) {
      if (failed) {
        next.release();
      } else {
        passedOn = true;
        ctx.fireChannelRead(next);
      }
    }
    passing = false;
    SSLException broken = fault;
    if (broken != null) {
      fail(
          ctx, new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + broken.getMessage()));
    } else if (records.inputClosed() && !inputEnded && !failed) {
      inputEnded = true;
      passedOn = true;
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !inputEnded && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came did not complete a record
    }
    passedOn = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE
        || event == ChannelInputShutdownReadComplete.INSTANCE) {
      cutOff(ctx);
      return; // what ends the stream was told, or is a failure
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cutOff(ctx);
    closeWaiting();
    ctx.fireChannelInactive();
  }

  private void cutOff(ChannelHandlerContext ctx) {
    if (!inputEnded && !failed && !closing) {
      fail(
          ctx,
          new SessionException(
              cut, peer + ": the connection was cut off: it ended without a TLS close_notify"));
    }
  }

  private void fail(ChannelHandlerContext ctx, SessionException cause) {
    if (failed) {
      return;
    }
    failed = true;
    failWaiting(cause);
    ctx.fireExceptionCaught(cause);
    ctx.close().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Makes an exception, which walks the stack, only when something waits. */
  private void closeWaiting() {
    CoalescingBufferQueue queue = waiting;
    if (queue != null && !queue.isEmpty()) {
      queue.releaseAndFailAll(new ClosedChannelException());
    }
  }

  private void failWaiting(Throwable cause) {
    CoalescingBufferQueue queue = waiting;
    if (queue != null && !queue.isEmpty()) {
      queue.releaseAndFailAll(cause);
    }
  }
}
