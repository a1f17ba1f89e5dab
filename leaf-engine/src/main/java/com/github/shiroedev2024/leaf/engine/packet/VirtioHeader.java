package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header in front of each packet of a device with {@code IFF_VNET_HDR} (linux/virtio_net.h), in
 * the machine's byte order:
 *
 * <pre>
 * flags:8 gso_type:8 hdr_len:16 gso_size:16 csum_start:16 csum_offset:16
 * </pre>
 *
 * It says which work on the packet is still to be done: a checksum to be completed, a super-packet
 * to be cut into segments.
 */
public final class VirtioHeader {
  /** Bytes. */
  public static final int LENGTH = 10;

  /** The checksum at csum_start + csum_offset holds the pseudo header's sum only. */
  private static final int NEEDS_CSUM = 1;

  /** Whoever made the packet has checked it. */
  private static final int DATA_VALID = 2;

  private static final int GSO_UDP_L4 = 5;
  private static final int GSO_ECN = 0x80;
  private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private VirtioHeader() {}

  /** Whether the transport checksum is a partial one. */
  public static boolean needsChecksum(ByteBuffer b, int at) {
    return (b.get(at) & NEEDS_CSUM) != 0;
  }

  /** Whether there is no need to check the transport checksum. */
  public static boolean trusted(ByteBuffer b, int at) {
    return (b.get(at) & (NEEDS_CSUM | DATA_VALID)) != 0;
  }

  /** The payload bytes of each datagram when this is a batch of UDP datagrams; else 0. */
  public static int datagramSize(ByteBuffer b, int at) {
    return (b.get(at + 1) & ~GSO_ECN & 0xff) == GSO_UDP_L4 ? u16(b, at + 4) : 0;
  }

  /** Writes a header that asks for nothing. */
  public static void plain(ByteBuffer b, int at) {
    b.putLong(at, 0);
    b.putShort(at + 8, (short) 0);
  }

  /** Writes a header that asks for the transport checksum to be completed. */
  public static void partial(ByteBuffer b, int at, int transport, int checksumOffset) {
    plain(b, at);
    b.put(at, (byte) NEEDS_CSUM);
    u16(b, at + 6, transport);
    u16(b, at + 8, checksumOffset);
  }

  /**
   * Writes a header that says that the packet is a batch of UDP datagrams, to be cut and completed.
   *
   * @param size payload bytes of each datagram but the last
   */
  public static void datagrams(
      ByteBuffer b, int at, int transport, int checksumOffset, int headers, int size) {
    partial(b, at, transport, checksumOffset);
    b.put(at + 1, (byte) GSO_UDP_L4);
    u16(b, at + 2, headers);
    u16(b, at + 4, size);
  }

  private static int u16(ByteBuffer b, int at) {
    short value = b.getShort(at);
    return (SWAPPED ? Short.reverseBytes(value) : value) & 0xffff;
  }

  private static void u16(ByteBuffer b, int at, int value) {
    b.putShort(at, SWAPPED ? Short.reverseBytes((short) value) : (short) value);
  }
}
