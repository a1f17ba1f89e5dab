package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Datagrams to packets on a stream. A client's request goes out with the first packet. What no
 * packet can hold is dropped, as UDP allows.
 */
final class TrojanPacketEncoder extends ChannelOutboundHandlerAdapter {
  /** The largest length that a packet can tell. */
  private static final int MAX_PAYLOAD = 0xFFFF;

  private final Logger log;
  private byte[] request;
  private byte[] lastAddress = {};
  private @Nullable Destination lastPeer;

  /**
   * @param request goes before the first packet; empty for a server
   */
  TrojanPacketEncoder(byte[] request, Logger log) {
    this.request = request;
    this.log = log;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf packet;
    try {
      packet = packet(ctx, datagram);
    } catch (SessionException e) {
      log.debug("dropped a datagram for {}: {}", datagram.peer(), e.getMessage());
      if (!promise.isVoid()) {
        promise.tryFailure(e);
      }
      return;
    } finally {
      datagram.release();
    }
    ctx.write(packet, promise);
  }

  private ByteBuf packet(ChannelHandlerContext ctx, Datagram datagram) throws SessionException {
    ByteBuf payload = datagram.content();
    int length = payload.readableBytes();
    if (length > MAX_PAYLOAD) {
      throw new SessionException(CloseReason.NOT_SUPPORTED, "it has " + length + " bytes");
    }
    byte[] address = address(datagram.peer());
    int size = request.length + address.length + 2 + 2 + length;
    ByteBuf packet =
        ctx.alloc()
            .directBuffer(size, size)
            .writeBytes(request)
            .writeBytes(address)
            .writeShort(length)
            .writeShort(TrojanRequest.CR_LF)
            .writeBytes(payload);
    request = new byte[0];
    return packet;
  }

  private byte[] address(Destination peer) throws SessionException {
    if (!peer.equals(lastPeer)) {
      if (!SocksAddress.fits(peer)) {
        throw new SessionException(
            CloseReason.NOT_SUPPORTED, "the name does not have 1 to 255 bytes");
      }
      byte[] address = new byte[SocksAddress.length(peer)];
      SocksAddress.write(peer, Unpooled.wrappedBuffer(address).writerIndex(0));
      lastAddress = address;
      lastPeer = peer;
    }
    return lastAddress;
  }
}
