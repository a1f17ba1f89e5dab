package com.github.shiroedev2024.leaf.engine.transport.ws;

import io.netty.buffer.ByteBuf;

/** Masks and unmasks payload, which is the same thing (RFC 6455, section 5.3). */
final class Mask {
  private Mask() {}

  /** The mask for bytes that begin this far into the payload. */
  static int at(int mask, long offset) {
    return Integer.rotateLeft(mask, 8 * (int) (offset & 3));
  }

  /** Masks the readable bytes of {@code from} into {@code to}, and reads them. */
  static void copy(int mask, ByteBuf from, ByteBuf to) {
    long wide = wide(mask);
    int left = from.readableBytes();
    for (; left >= 8; left -= 8) {
      to.writeLong(from.readLong() ^ wide);
    }
    for (int i = 0; i < left; i++) {
      to.writeByte(from.readByte() ^ (mask >>> (24 - 8 * (i & 3))));
    }
  }

  /** Masks bytes where they are. */
  static void inPlace(int mask, ByteBuf bytes, int index, int length) {
    long wide = wide(mask);
    int at = index;
    int end = index + length;
    for (; end - at >= 8; at += 8) {
      bytes.setLong(at, bytes.getLong(at) ^ wide);
    }
    for (int i = 0; at < end; i++, at++) {
      bytes.setByte(at, bytes.getByte(at) ^ (mask >>> (24 - 8 * (i & 3))));
    }
  }

  private static long wide(int mask) {
    return ((long) mask << 32) | (mask & 0xffffffffL);
  }
}
