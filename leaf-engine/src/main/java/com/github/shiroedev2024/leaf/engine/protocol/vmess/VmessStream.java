package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.HeaderWait;
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
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream: bytes above, chunks below. The end of a direction is a chunk of its own, so
 * the stream below stays open for the other direction; a stream below that ends between chunks
 * counts as an end too, since the open engine sends no such chunk. With packets each buffer is a
 * datagram.
 *
 * <p>The client's request goes out with the first bytes that are flushed, or alone when none come
 * within {@link HeaderWait#MILLIS}.
 *
 * <p>A stream that does not authenticate, or ends within a chunk, fails once, by an exception at
 * the tail, and is closed; nothing that was read after the fault is passed on.
 */
final class VmessStream extends ChannelDuplexHandler {
  private final String peer;
  private final VmessSealer sealer;
  private final VmessOpener opener;
  private final @Nullable VmessAnswer answer;
  private final boolean packets;
  private @Nullable HeaderWait headerWait;
  private Consumer<ByteBuf> receiver = ReferenceCountUtil::release;
  private boolean failed;
  private boolean inputEnded;
  private boolean outputEnded;

  /** Whether the stream below ends where ours does, rather than being closed afterwards. */
  private boolean endsBelow = true;

  private boolean passedOn;

  /**
   * @param answer the response header to expect; null on the server's side, where the request was
   *     read before
   * @param packets whether buffers are datagrams
   * @param peer what to call the other side in failures
   */
  VmessStream(
      VmessSealer sealer,
      VmessOpener opener,
      @Nullable VmessAnswer answer,
      boolean packets,
      String peer) {
    this.sealer = sealer;
    this.opener = opener;
    this.answer = answer;
    this.packets = packets;
    this.peer = peer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    receiver =
        opened -> {
          passedOn = true;
          ctx.fireChannelRead(opened);
        };
    if (answer != null && !packets) {
      headerWait =
          new HeaderWait(
              ctx.executor(),
              () -> {
                sealer.sealAll(ctx);
                ctx.flush();
              });
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (outputEnded && (msg instanceof ByteBuf || msg == EndOfStream.INSTANCE)) {
      ReferenceCountUtil.release(msg);
      if (!promise.isVoid()) {
        promise.tryFailure(new ClosedChannelException());
      }
    } else if (msg == EndOfStream.INSTANCE) {
      outputEnded = true;
      headerGoes();
      if (sealer.end(ctx, promise)) {
        endsBelow = false;
      } else {
        ctx.write(msg, promise);
      }
    } else if (msg instanceof ByteBuf bytes && packets) {
      datagram(ctx, bytes, promise);
    } else if (msg instanceof ByteBuf bytes && bytes.isReadable()) {
      headerGoes();
      sealer.add(ctx, bytes, promise);
    } else {
      ctx.write(msg, promise);
    }
  }

  private void datagram(ChannelHandlerContext ctx, ByteBuf content, ChannelPromise promise) {
    ByteBuf sealed;
    try {
      int length = content.readableBytes();
      if (length == 0 || length > VmessSealer.MAX_DATAGRAM) {
        promise.tryFailure(
            new SessionException(
                CloseReason.NOT_SUPPORTED,
                "VMess cannot carry a datagram of " + length + " bytes"));
        return;
      }
      sealed = sealer.datagram(ctx, content);
    } finally {
      content.release();
    }
    ctx.write(sealed, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    HeaderWait wait = headerWait;
    if (!packets && !outputEnded && (wait == null || !wait.waiting())) {
      sealer.sealAll(ctx);
    }
    ctx.flush();
  }

  /** There is something for the header to go with: it waits for the flush only. */
  private void headerGoes() {
    HeaderWait wait = headerWait;
    if (wait != null) {
      wait.end();
    }
  }

  /** Behind a chunk that ends our stream the one below ends in order: QUIC would reset it. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!endsBelow && !failed && ctx.channel().isActive()) {
      endsBelow = true;
      ctx.writeAndFlush(EndOfStream.INSTANCE);
    }
    ctx.close(promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || failed || opener.ended()) {
      ReferenceCountUtil.release(msg);
      return;
    }
    VmessAnswer header = answer;
    boolean authentic = header == null || header.complete();
    try {
      if (header != null && !authentic) {
        try {
          header.read(piece);
        } catch (AEADBadTagException e) {
          piece.release();
          throw e;
        }
        authentic = header.complete();
        if (!piece.isReadable()) {
          piece.release();
          return;
        }
      }
      opener.read(piece, ctx.alloc(), receiver);
    } catch (AEADBadTagException e) {
      fail(
          ctx,
          authentic
              ? new SessionException(
                  CloseReason.PROTOCOL_ERROR,
                  peer + ": the stream was altered on its way (" + e.getMessage() + ")")
              : new SessionException(
                  CloseReason.AUTH_FAILED,
                  peer + ": the answer is not to our request (" + e.getMessage() + ")"));
      return;
    }
    if (opener.ended() && !inputEnded) {
      inputEnded = true;
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
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
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    } else if (!inputEnded && inputEnds(ctx)) {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!inputEnded) {
      inputEnds(ctx);
    }
    release();
    ctx.fireChannelInactive();
  }

  /** The stream below has ended; false when that was a failure. */
  private boolean inputEnds(ChannelHandlerContext ctx) {
    inputEnded = true;
    VmessAnswer header = answer;
    if (failed) {
      return false;
    }
    if (header != null && !header.complete()) {
      fail(
          ctx,
          new SessionException(
              CloseReason.HANDSHAKE_CLOSED,
              peer
                  + ": the server closed without an answer; check UUID and clock, and whether it"
                  + " reaches the destination"));
      return false;
    }
    if (!opener.atBoundary()) {
      fail(
          ctx,
          new SessionException(
              CloseReason.PROTOCOL_ERROR, peer + ": the stream ended within a chunk"));
      return false;
    }
    return true;
  }

  private void fail(ChannelHandlerContext ctx, SessionException cause) {
    failed = true;
    opener.close();
    ctx.fireExceptionCaught(cause);
    ctx.close();
  }

  private void release() {
    headerGoes();
    opener.close();
    if (sealer.waiting()) { // rarely: an exception costs a walk of the stack
      sealer.fail(new ClosedChannelException());
    }
  }
}
