package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Wraps each datagram for the server's UDP relay, and unwraps what comes from it. */
final class SocksDatagramHandler extends ChannelDuplexHandler {
  private final Destination relay;
  private final SocksDatagram codec = new SocksDatagram();

  SocksDatagramHandler(Destination relay) {
    this.relay = relay;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf framed;
    try {
      framed = codec.write(ctx.alloc(), datagram.peer(), datagram.content());
    } catch (IllegalArgumentException e) {
      promise.tryFailure(e);
      return;
    } finally {
      datagram.release();
    }
    ctx.write(new Datagram(relay, framed), promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.fireChannelRead(msg);
      return;
    }
    Destination peer = fromRelay(datagram) ? codec.read(datagram.content()) : null;
    if (peer == null) {
      datagram.release();
    } else {
      ctx.fireChannelRead(new Datagram(peer, datagram.content()));
    }
  }

  /** Datagrams from elsewhere are dropped; where either side is a name, nobody can tell. */
  private boolean fromRelay(Datagram datagram) {
    Destination from = datagram.peer();
    return from.isDomain() || relay.isDomain() || from.equals(relay);
  }
}
