package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Datagrams above, payloads below, all of them to and from the one peer that the request named: a
 * payload has no address of its own.
 */
final class VmessPackets extends ChannelDuplexHandler {
  private final Destination peer;

  VmessPackets(Destination peer) {
    this.peer = peer;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ctx.fireChannelRead(msg instanceof ByteBuf content ? new Datagram(peer, content) : msg);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close(); // an association is over with either of its directions
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
    } else if (peer.isDomain() || peer.equals(datagram.peer())) {
      ctx.write(datagram.content(), promise);
    } else { // the other side could not tell it from the peer's; behind a name any address may
      // answer
      datagram.release();
      if (!promise.isVoid()) {
        promise.tryFailure(
            new SessionException(
                CloseReason.NOT_SUPPORTED,
                "a datagram of " + datagram.peer() + " on the stream of " + peer));
      }
    }
  }
}
