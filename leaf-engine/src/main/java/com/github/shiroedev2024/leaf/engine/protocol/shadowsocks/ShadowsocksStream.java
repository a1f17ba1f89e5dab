package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
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
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a stream: bytes above, sealed chunks below.
 *
 * <p>The destination's address goes out with the first bytes that are flushed, in one chunk; when
 * none come within {@link #HEADER_WAIT_MILLIS}, it goes alone, for servers that speak first.
 *
 * <p>A stream that does not authenticate, or ends within a chunk, fails once, by an exception at
 * the tail, and is closed; nothing that was read after the fault is passed on.
 */
final class ShadowsocksStream extends ChannelDuplexHandler {
  /** How long the address waits for bytes to go with it. */
  static final long HEADER_WAIT_MILLIS = 10;

  private final Destination destination;
  private final String peer;
  private final StreamSealer sealer;
  private final StreamOpener opener;
  private @Nullable Future<?> headerWait;
  private Consumer<ByteBuf> receiver = ReferenceCountUtil::release;
  private boolean failed;
  private boolean inputEnded;
  private boolean passedOn;

  /**
   * @param destination a destination whose name fits a SOCKS address
   * @param peer what to call the server in failures
   */
  ShadowsocksStream(Destination destination, ShadowsocksKey key, byte[] salt, String peer) {
    this.destination = destination;
    this.peer = peer;
    this.sealer = new StreamSealer(key, salt);
    this.opener = new StreamOpener(key);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ByteBuf header = Unpooled.buffer(SocksAddress.length(destination));
    SocksAddress.write(destination, header);
    sealer.add(ctx, header, ctx.voidPromise());
    receiver =
        opened -> {
          passedOn = true;
          ctx.fireChannelRead(opened);
        };
    headerWait =
        ctx.executor()
            .schedule(
                () -> {
                  headerWait = null;
                  sealer.sealAll(ctx);
                  ctx.flush();
                },
                HEADER_WAIT_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes && bytes.isReadable()) {
      headerGoes();
      sealer.add(ctx, bytes, promise);
      return;
    }
    if (msg == EndOfStream.INSTANCE) {
      headerGoes();
      sealer.sealAll(ctx);
    }
    ctx.write(msg, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (headerWait == null) {
      sealer.sealAll(ctx);
    }
    ctx.flush();
  }

  /** There is something for the header to go with: it waits for the flush only. */
  private void headerGoes() {
    Future<?> wait = headerWait;
    if (wait != null) {
      headerWait = null;
      wait.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || failed) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      opener.read(piece, ctx.alloc(), receiver);
    } catch (AEADBadTagException e) {
      fail(
          ctx,
          opener.begun()
              ? new SessionException(
                  CloseReason.PROTOCOL_ERROR,
                  peer + ": the stream was altered on its way (" + e.getMessage() + ")")
              : new SessionException(
                  CloseReason.AUTH_FAILED,
                  peer + ": the answer does not fit the key; check method and password"));
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

  private void fail(ChannelHandlerContext ctx, SessionException cause) {
    failed = true;
    opener.close();
    ctx.fireExceptionCaught(cause);
    ctx.close();
  }

  private void release() {
    headerGoes();
    opener.close();
    sealer.fail(new ClosedChannelException());
  }
}
