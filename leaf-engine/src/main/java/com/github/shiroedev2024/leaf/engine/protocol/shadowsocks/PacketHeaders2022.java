package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import io.netty.buffer.ByteBuf;

/** What the headers of both directions have in common. */
final class PacketHeaders2022 {
  private PacketHeaders2022() {}

  /** Skips padding, which its length goes before. */
  static void skipPadding(ByteBuf in) throws BadHeaderException {
    int padding = in.readableBytes() < Short.BYTES ? Integer.MAX_VALUE : in.readUnsignedShort();
    if (padding > in.readableBytes()) {
      throw new BadHeaderException("it ends within the padding");
    }
    in.skipBytes(padding);
  }
}
