package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;
import java.util.Random;

/** Well-formed packets, made the slow and obvious way. */
final class Packets {
  /** 10.1.2.3 and 10.4.5.6, or their like in IPv6. */
  static byte[] address(boolean six, int last) {
    return six
        ? new byte[] {0x20, 1, 0xd, (byte) 0xb8, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, (byte) last}
        : new byte[] {10, 1, 2, (byte) last};
  }

  private Packets() {}

  static byte[] ip(boolean six, int protocol, byte[] payload) {
    return ip(six, address(six, 3), address(six, 9), protocol, payload);
  }

  static byte[] ip(boolean six, byte[] source, byte[] target, int protocol, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate((six ? 40 : 20) + payload.length);
    if (six) {
      b.putInt(0x60000000).putShort((short) payload.length).put((byte) protocol).put((byte) 64);
      b.put(source).put(target);
    } else {
      b.putShort((short) 0x4500).putShort((short) b.capacity()).putInt(0x12340000);
      b.put((byte) 64).put((byte) protocol).putShort((short) 0).put(source).put(target);
      b.putShort(10, (short) ~sum(b.array(), 0, 20));
    }
    return b.put(payload).array();
  }

  static byte[] tcp(boolean six, int from, int to, int flags, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(20 + payload.length);
    b.putShort((short) from).putShort((short) to).putInt(1_000_000).putInt(2_000_000);
    b.putShort((short) (0x5000 | flags)).putShort((short) 5000).putInt(0).put(payload);
    return ip(six, 6, summed(six, 6, b, 16));
  }

  static byte[] udp(boolean six, int from, int to, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
    b.putShort((short) from).putShort((short) to).putShort((short) b.capacity());
    b.putShort((short) 0).put(payload);
    return ip(six, 17, summed(six, 17, b, 6));
  }

  static byte[] echo(boolean six, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
    b.putShort((short) (six ? 0x8000 : 0x0800)).putShort((short) 0).putInt(0x00010002).put(payload);
    if (six) {
      return ip(true, 58, summed(true, 58, b, 2));
    }
    b.putShort(2, (short) ~sum(b.array(), 0, b.capacity()));
    return ip(false, 1, b.array());
  }

  private static byte[] summed(boolean six, int protocol, ByteBuffer b, int at) {
    int sum = transportSum(address(six, 3), address(six, 9), protocol, b.array());
    int field = ~sum & 0xffff;
    b.putShort(at, (short) (field == 0 ? 0xffff : field));
    return b.array();
  }

  /** The folded sum over the pseudo header and the bytes. */
  static int transportSum(byte[] source, byte[] target, int protocol, byte[] bytes) {
    ByteBuffer all = ByteBuffer.allocate(2 * source.length + 8 + bytes.length);
    all.put(source).put(target).putInt(bytes.length).putInt(protocol).put(bytes);
    return sum(all.array(), 0, all.capacity());
  }

  /** Whether IP and transport checksums of a whole packet fit. */
  static boolean fits(byte[] packet) {
    boolean six = packet[0] >> 4 == 6;
    int header = six ? 40 : 20;
    int size = six ? 16 : 4;
    int from = six ? 8 : 12;
    byte[] source = java.util.Arrays.copyOfRange(packet, from, from + size);
    byte[] target = java.util.Arrays.copyOfRange(packet, from + size, from + 2 * size);
    int protocol = packet[six ? 6 : 9];
    byte[] rest = java.util.Arrays.copyOfRange(packet, header, packet.length);
    boolean ip = six || sum(packet, 0, 20) == 0xffff;
    return ip
        && (protocol == 1
            ? sum(rest, 0, rest.length) == 0xffff
            : transportSum(source, target, protocol, rest) == 0xffff);
  }

  static int sum(byte[] bytes, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (i + 1 < to ? bytes[i + 1] & 0xff : 0);
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  static byte[] some(Random random, int upTo) {
    byte[] bytes = new byte[random.nextInt(upTo + 1)];
    random.nextBytes(bytes);
    return bytes;
  }
}
