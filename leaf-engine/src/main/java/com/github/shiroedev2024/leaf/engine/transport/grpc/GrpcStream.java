package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/** Bytes above, gRPC messages below, one for each write. Ends are the business of the stream. */
final class GrpcStream extends ChannelDuplexHandler {
  private final String peer;
  private final HunkReader reader = new HunkReader();
  private Consumer<ByteBuf> receiver = ReferenceCountUtil::release;
  private boolean passedOn;
  private boolean ended;
  private boolean failed;

  /**
   * @param peer what to call the other side in failures
   */
  GrpcStream(String peer) {
    this.peer = peer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    receiver =
        bytes -> {
          passedOn = true;
          ctx.fireChannelRead(bytes);
        };
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof ByteBuf bytes) || !bytes.isReadable()) {
      ctx.write(msg, promise);
      return;
    }
    int length = bytes.readableBytes();
    int digits = 1;
    for (int left = length >>> 7; left != 0; left >>>= 7) {
      digits++;
    }
    ByteBuf head = ctx.alloc().buffer(6 + digits);
    head.writeByte(0).writeInt(1 + digits + length).writeByte(0x0a);
    int left = length;
    for (; left > 0x7f; left >>>= 7) {
      head.writeByte((left & 0x7f) | 0x80);
    }
    head.writeByte(left);
    ctx.write(head);
    ctx.write(bytes, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || failed) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      reader.read(bytes, receiver);
    } catch (SessionException e) {
      fail(ctx, e);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !failed && !ended && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came was no payload
    }
    passedOn = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ended = true;
      checkEnd(ctx);
    }
    if (!failed) {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!ended) {
      checkEnd(ctx);
    }
    ctx.fireChannelInactive();
  }

  private void checkEnd(ChannelHandlerContext ctx) {
    if (!failed && !reader.atBoundary()) {
      fail(
          ctx,
          new SessionException(CloseReason.PROTOCOL_ERROR, "the stream ended within a message"));
    }
  }

  private void fail(ChannelHandlerContext ctx, SessionException cause) {
    failed = true;
    ctx.fireExceptionCaught(cause.at(peer));
    ctx.close();
  }
}
