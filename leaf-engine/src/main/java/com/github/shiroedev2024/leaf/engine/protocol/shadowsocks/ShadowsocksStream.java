package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.codec.HeaderWait;
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
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a stream: bytes above, sealed chunks below.
 *
 * <p>The destination's address goes out with the first bytes that are flushed, in one chunk; when
 * none come within {@link HeaderWait#MILLIS}, it goes alone, for servers that speak first.
 *
 * <p>A stream that does not authenticate, or ends within a chunk, fails once, by an exception at
 * the tail, and is closed; nothing that was read after the fault is passed on.
 */
final class ShadowsocksStream extends ChannelDuplexHandler {
  private final Destination destination;
  private final String peer;
  private final StreamSealer sealer;
  private final StreamOpener opener;
  private @Nullable HeaderWait headerWait;
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
        new HeaderWait(
            ctx.executor(),
            () -> {
              sealer.sealAll(ctx);
              ctx.flush();
            });
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
    HeaderWait wait = headerWait;
    if (wait == null || !wait.waiting()) {
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
