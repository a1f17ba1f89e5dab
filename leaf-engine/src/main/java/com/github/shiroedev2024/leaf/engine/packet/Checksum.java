package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071) and its incremental change (RFC 1624). Sums are one's complement
 * sums of 16-bit words, kept in a long until they are folded, so that no carry is lost: each word
 * adds less than 2^16 and no packet has 2^40 of them.
 */
public final class Checksum {
  private static final long MASK = 0xffff_ffffL;

  private Checksum() {}

  /** The sum of the bytes; an odd last byte counts as the high one. Big-endian buffers only. */
  public static long sum(ByteBuffer bytes, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      long word = bytes.getLong(at);
      sum += (word >>> 32) + (word & MASK);
    }
    if (at + 4 <= to) {
      sum += bytes.getInt(at) & MASK;
      at += 4;
    }
    if (at + 2 <= to) {
      sum += bytes.getShort(at) & 0xffff;
      at += 2;
    }
    if (at < to) {
      sum += (bytes.get(at) & 0xff) << 8;
    }
    return sum;
  }

  /** The four 16-bit words of a value. */
  public static long words(long value) {
    return (value >>> 48) + (value >>> 32 & 0xffff) + (value >>> 16 & 0xffff) + (value & 0xffff);
  }

  /** What the words of {@code now} add to a sum in which {@code before} stood; never negative. */
  public static long change(long before, long now) {
    return words(now) + (4 * 0xffffL - words(before));
  }

  /** The sum in 16 bits. */
  public static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & MASK);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (int) ((folded >>> 16) + (folded & 0xffff));
  }

  /** The checksum field for a sum: its complement. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xffff;
  }

  /** The checksum field after the summed words changed (RFC 1624, equation 3). */
  public static int update(int field, long change) {
    return finish((~field & 0xffff) + change);
  }

  /** The sum of the pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 8.1). */
  public static long pseudo(
      long fromHigh, long fromLow, long toHigh, long toLow, int protocol, int length) {
    return words(fromHigh)
        + words(fromLow)
        + words(toHigh)
        + words(toLow)
        + protocol
        + (length >>> 16)
        + (length & 0xffff);
  }
}
