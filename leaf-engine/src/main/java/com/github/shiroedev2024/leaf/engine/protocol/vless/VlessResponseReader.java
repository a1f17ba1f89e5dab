package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Takes the server's response off the beginning of a stream, then leaves the pipeline. A server
 * that ends without a byte is as good as a remote that does: some servers answer only with the
 * remote's first bytes.
 */
final class VlessResponseReader extends ChannelInboundHandlerAdapter {
  private static final int VERSION = 0;

  private final String peer;
  private int read;
  private int addons;
  private boolean done;

  /**
   * @param peer what to call the server in failures
   */
  VlessResponseReader(String peer) {
    this.peer = peer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || done) {
      ReferenceCountUtil.release(msg);
      return;
    }
    while (bytes.isReadable() && !done) {
      int next = bytes.readUnsignedByte();
      if (read == 0 && next != VERSION) {
        bytes.release();
        fail(ctx, "answered with something else than VLESS, version " + next);
        return;
      }
      if (read == 1) {
        addons = next;
      }
      read++;
      done = read >= 2 && read == 2 + addons;
    }
    if (!done) {
      bytes.release();
      return;
    }
    if (bytes.isReadable()) {
      ctx.fireChannelRead(bytes);
    } else {
      bytes.release();
      readOn(ctx);
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    readOn(ctx);
  }

  /** One read was asked for, and what came was nothing that can be passed on. */
  private static void readOn(ChannelHandlerContext ctx) {
    if (!ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ends(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ends(ctx);
    ctx.fireChannelInactive();
  }

  private void ends(ChannelHandlerContext ctx) {
    if (read > 0 && !done) {
      fail(ctx, "ended the stream within its response");
    }
  }

  private void fail(ChannelHandlerContext ctx, String what) {
    done = true;
    ctx.fireExceptionCaught(new SessionException(CloseReason.PROTOCOL_ERROR, peer + ": " + what));
    ctx.close();
  }
}
