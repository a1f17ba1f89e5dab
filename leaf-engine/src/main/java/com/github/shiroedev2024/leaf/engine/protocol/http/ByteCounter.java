package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts what goes to the remote and comes from it. */
final class ByteCounter extends ChannelDuplexHandler {
  private final Session session;

  ByteCounter(Session session) {
    this.session = session;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof ByteBuf bytes) {
      session.countSent(bytes.readableBytes());
    }
    ctx.write(msg, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof ByteBuf bytes) {
      session.countReceived(bytes.readableBytes());
    }
    ctx.fireChannelRead(msg);
  }
}
