package com.github.shiroedev2024.leaf.engine.os;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The C structures that batches of datagrams are described by, as they are on all 64-bit systems
 * (sendmmsg(2), udp(7), ip(7)): mmsghdr, iovec, sockaddr_in, sockaddr_in6 and one cmsghdr. A
 * field's place is given by the structure's own.
 */
final class DatagramMemory {
  /** Bytes of a struct mmsghdr. */
  static final int MESSAGE = 64;

  /** Bytes of a struct iovec. */
  static final int PIECE = 16;

  /** Room for a socket's address of either family. */
  static final int NAME = 32;

  /** Room for one control message with up to 8 bytes. */
  static final int CONTROL = 24;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int UDP_GRO = 104;
  private static final int CONTROL_HEADER = 16;
  private static final int NAME4_LENGTH = 16;
  private static final int NAME6_LENGTH = 28;
  private static final int LENGTH = 56;
  private static final long MAPPED = 0xffffL;

  private static final ValueLayout.OfInt BIG_INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfShort BIG_SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BIG_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private DatagramMemory() {}

  /** Writes a mmsghdr without contents. */
  static void message(MemorySegment m, long at, long name, int nameLength) {
    m.set(ValueLayout.JAVA_LONG, at, name);
    m.set(ValueLayout.JAVA_INT, at + 8, nameLength);
    m.set(ValueLayout.JAVA_INT, at + 48, 0);
  }

  /**
   * Says what a message is made of.
   *
   * @param control address of a control message; 0 for none
   */
  static void contents(MemorySegment m, long at, long pieces, int count, long control) {
    m.set(ValueLayout.JAVA_LONG, at + 16, pieces);
    m.set(ValueLayout.JAVA_LONG, at + 24, count);
    m.set(ValueLayout.JAVA_LONG, at + 32, control);
    m.set(ValueLayout.JAVA_LONG, at + 40, control == 0 ? 0 : CONTROL);
  }

  /** The bytes that a call put into a message. */
  static int length(MemorySegment m, long at) {
    return m.get(ValueLayout.JAVA_INT, at + LENGTH);
  }

  static void piece(MemorySegment m, long at, long address, int length) {
    m.set(ValueLayout.JAVA_LONG, at, address);
    m.set(ValueLayout.JAVA_LONG, at + 8, length);
  }

  static int pieceLength(MemorySegment m, long at) {
    return (int) m.get(ValueLayout.JAVA_LONG, at + 8);
  }

  /**
   * Writes an address.
   *
   * @param mapped write an IPv4 address as the IPv6 one that a socket for both families takes
   * @return its length
   */
  static int name(
      MemorySegment m, long at, boolean six, long high, long low, int port, boolean mapped) {
    m.set(BIG_SHORT, at + 2, (short) port);
    m.set(BIG_INT, at + 4, 0);
    if (!six && !mapped) {
      m.set(ValueLayout.JAVA_SHORT, at, (short) AF_INET);
      m.set(BIG_INT, at + 4, (int) low);
      m.set(BIG_LONG, at + 8, 0);
      return NAME4_LENGTH;
    }
    m.set(ValueLayout.JAVA_SHORT, at, (short) AF_INET6);
    m.set(BIG_LONG, at + 8, high);
    m.set(BIG_LONG, at + 16, six ? low : MAPPED << 32 | low);
    m.set(BIG_INT, at + 24, 0);
    return NAME6_LENGTH;
  }

  /** Whether it is an IPv6 address that stands for itself. */
  static boolean isSix(MemorySegment m, long at) {
    return m.get(ValueLayout.JAVA_SHORT, at) == AF_INET6
        && (m.get(BIG_LONG, at + 8) != 0 || m.get(BIG_LONG, at + 16) >>> 32 != MAPPED);
  }

  static long high(MemorySegment m, long at) {
    return m.get(ValueLayout.JAVA_SHORT, at) == AF_INET6 ? m.get(BIG_LONG, at + 8) : 0;
  }

  /** Of an IPv4 address, in whichever way it is written, its 32 bits. */
  static long low(MemorySegment m, long at) {
    if (m.get(ValueLayout.JAVA_SHORT, at) != AF_INET6) {
      return m.get(BIG_INT, at + 4) & 0xffff_ffffL;
    }
    long low = m.get(BIG_LONG, at + 16);
    return isSix(m, at) ? low : low & 0xffff_ffffL;
  }

  static int port(MemorySegment m, long at) {
    return m.get(BIG_SHORT, at + 2) & 0xffff;
  }

  /** Writes the control message that says how long the datagrams of one batch are. */
  static void segment(MemorySegment m, long at, int size) {
    m.set(ValueLayout.JAVA_LONG, at, CONTROL_HEADER + 2);
    m.set(ValueLayout.JAVA_INT, at + 8, SOL_UDP);
    m.set(ValueLayout.JAVA_INT, at + 12, UDP_SEGMENT);
    m.set(ValueLayout.JAVA_SHORT, at + CONTROL_HEADER, (short) size);
  }

  /** What the control message of a received batch says its datagrams' length is; 0 for no batch. */
  static int segmentOf(MemorySegment m, long message, long control) {
    return m.get(ValueLayout.JAVA_LONG, message + 40) >= CONTROL_HEADER + 4
            && m.get(ValueLayout.JAVA_INT, control + 8) == SOL_UDP
            && m.get(ValueLayout.JAVA_INT, control + 12) == UDP_GRO
        ? m.get(ValueLayout.JAVA_INT, control + CONTROL_HEADER)
        : 0;
  }
}
