package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Packets on a stream to datagrams, all of one peer. An end within a packet is an exception at the
 * tail; any end closes the stream.
 */
final class VlessPacketDecoder extends ByteToMessageDecoder {
  private final Destination target;
  private final String peer;

  /**
   * @param target the datagrams' peer
   * @param peer what to call the other side in failures
   */
  VlessPacketDecoder(Destination target, String peer) {
    this.target = target;
    this.peer = peer;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < 2) {
      return;
    }
    int length = in.getUnsignedShort(in.readerIndex());
    if (in.readableBytes() < 2 + length) {
      return;
    }
    in.skipBytes(2);
    // A buffer of its own, so that a small datagram that waits does not hold all that was read.
    ByteBuf payload = ctx.alloc().directBuffer(length, length).writeBytes(in, length);
    out.add(new Datagram(target, payload));
  }

  @Override
  protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (in.isReadable()) {
      in.skipBytes(in.readableBytes());
      ctx.fireExceptionCaught(
          new SessionException(
              CloseReason.PROTOCOL_ERROR, peer + ": ended the stream within a packet"));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close(); // an association is over with either of its directions
    }
  }
}
