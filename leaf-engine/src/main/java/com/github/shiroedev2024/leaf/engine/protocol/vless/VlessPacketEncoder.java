package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one peer to packets on a stream. A client's request goes out with the first packet.
 * What the stream cannot hold is dropped, as UDP allows.
 */
final class VlessPacketEncoder extends ChannelOutboundHandlerAdapter {
  /** The largest length that a packet can tell. */
  private static final int MAX_PAYLOAD = 0xFFFF;

  private final Destination target;
  private byte[] request;

  /**
   * @param target the one peer that packets have
   * @param request goes before the first packet; empty for a server
   */
  VlessPacketEncoder(Destination target, byte[] request) {
    this.target = target;
    this.request = request;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf payload = datagram.content();
    int length = payload.readableBytes();
    String why = why(datagram.peer(), length);
    if (why != null) {
      datagram.release();
      if (!promise.isVoid()) {
        promise.tryFailure(new SessionException(CloseReason.NOT_SUPPORTED, why));
      }
      return;
    }
    int size = request.length + 2 + length;
    ByteBuf packet =
        ctx.alloc()
            .directBuffer(size, size)
            .writeBytes(request)
            .writeShort(length)
            .writeBytes(payload);
    datagram.release();
    request = new byte[0];
    ctx.write(packet, promise);
  }

  /** Why the datagram is dropped; null when it is not. Behind a name any address may answer. */
  private @Nullable String why(Destination of, int length) {
    if (length > MAX_PAYLOAD) {
      return "a datagram of " + length + " bytes";
    }
    return target.isDomain() || target.equals(of)
        ? null
        : "a datagram of " + of + " on the stream of " + target;
  }
}
