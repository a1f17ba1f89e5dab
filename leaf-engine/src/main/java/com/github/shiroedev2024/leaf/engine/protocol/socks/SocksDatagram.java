package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the header in front of each UDP payload, RFC 1928 section 7. Datagrams of one
 * client mostly go to one peer, so the last header of either direction is kept and recognised. Not
 * thread-safe.
 */
final class SocksDatagram {
  private static final int FIXED = 3;

  private byte[] lastRead = {};
  private @Nullable Destination lastReadPeer;
  private byte[] lastWritten = {};
  private @Nullable Destination lastWrittenPeer;

  /**
   * Reads the header and leaves the payload in the buffer.
   *
   * @return the peer; null when the datagram must be dropped: cut short, not SOCKS, or a fragment,
   *     which RFC 1928 lets us drop
   */
  @Nullable Destination read(ByteBuf in) {
    if (startsWith(in, lastRead)) {
      in.skipBytes(lastRead.length);
      return lastReadPeer;
    }
    int start = in.readerIndex();
    if (in.readableBytes() < FIXED || in.getUnsignedMedium(start) != 0) {
      return null;
    }
    in.skipBytes(FIXED);
    Destination peer;
    try {
      peer = SocksRequest.address(in);
    } catch (SocksFormatException e) {
      return null;
    }
    if (peer != null) {
      byte[] header = new byte[in.readerIndex() - start];
      in.getBytes(start, header);
      lastRead = header;
      lastReadPeer = peer;
    }
    return peer;
  }

  private static boolean startsWith(ByteBuf in, byte[] header) {
    if (header.length == 0 || in.readableBytes() < header.length) {
      return false;
    }
    int start = in.readerIndex();
    for (int i = 0; i < header.length; i++) {
      if (in.getByte(start + i) != header[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A new buffer with header and payload. Does not release the payload.
   *
   * @throws IllegalArgumentException when the peer's name is empty or longer than 255 bytes
   */
  ByteBuf write(ByteBufAllocator alloc, Destination peer, ByteBuf payload) {
    if (!peer.equals(lastWrittenPeer)) {
      ByteBuf header = Unpooled.buffer(FIXED + SocksAddress.MAX_BYTES).writeZero(FIXED);
      SocksAddress.write(peer, header);
      byte[] bytes = new byte[header.readableBytes()];
      header.readBytes(bytes);
      lastWritten = bytes;
      lastWrittenPeer = peer;
    }
    int length = payload.readableBytes();
    return alloc
        .buffer(lastWritten.length + length)
        .writeBytes(lastWritten)
        .writeBytes(payload, payload.readerIndex(), length);
  }
}
