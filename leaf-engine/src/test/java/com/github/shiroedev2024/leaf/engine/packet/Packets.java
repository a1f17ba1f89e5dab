package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Packets, good ones and damaged ones, made the slow and obvious way. */
public final class Packets {
  /** 10.1.2.3 and 10.4.5.6, or their like in IPv6. */
  public static byte[] address(boolean six, int last) {
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

  public static byte[] tcp(boolean six, int from, int to, int flags, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(20 + payload.length);
    b.putShort((short) from).putShort((short) to).putInt(1_000_000).putInt(2_000_000);
    b.putShort((short) (0x5000 | flags)).putShort((short) 5000).putInt(0).put(payload);
    return ip(six, 6, summed(six, 6, b, 16));
  }

  public static byte[] udp(boolean six, int from, int to, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
    b.putShort((short) from).putShort((short) to).putShort((short) b.capacity());
    b.putShort((short) 0).put(payload);
    return ip(six, 17, summed(six, 17, b, 6));
  }

  /** What a router says of a packet that is too long for its next link. */
  public static byte[] tooBig(boolean six, byte[] quoted, int mtu) {
    ByteBuffer b = ByteBuffer.allocate(8 + quoted.length);
    b.putShort((short) (six ? 0x0200 : 0x0304)).putShort((short) 0).putInt(mtu).put(quoted);
    if (six) {
      return ip(true, 58, summed(true, 58, b, 2));
    }
    b.putShort(2, (short) ~sum(b.array(), 0, b.capacity()));
    return ip(false, 1, b.array());
  }

  public static byte[] echo(boolean six, byte[] payload) {
    ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
    b.putShort((short) (six ? 0x8000 : 0x0800)).putShort((short) 0).putInt(0x00010002).put(payload);
    if (six) {
      return ip(true, 58, summed(true, 58, b, 2));
    }
    b.putShort(2, (short) ~sum(b.array(), 0, b.capacity()));
    return ip(false, 1, b.array());
  }

  /** The same IPv4 packet, sent to another address. */
  public static byte[] to(byte[] packet, byte[] target) {
    ByteBuffer b = ByteBuffer.wrap(packet.clone());
    b.put(16, target).putShort(10, (short) 0);
    b.putShort(10, (short) ~sum(b.array(), 0, 20));
    int protocol = b.get(9);
    int field = protocol == 6 ? 36 : protocol == 17 ? 26 : 0;
    if (field > 0) {
      b.putShort(field, (short) 0);
      byte[] transport = Arrays.copyOfRange(b.array(), 20, b.capacity());
      b.putShort(field, (short) ~transportSum(address(false, 3), target, protocol, transport));
    }
    return b.array();
  }

  private static byte[] summed(boolean six, int protocol, ByteBuffer b, int at) {
    byte[] bytes = new byte[b.capacity()];
    b.get(0, bytes);
    int sum = transportSum(address(six, 3), address(six, 9), protocol, bytes);
    int field = ~sum & 0xffff;
    b.putShort(at, (short) (field == 0 ? 0xffff : field));
    b.get(0, bytes);
    return bytes;
  }

  /** The folded sum over the pseudo header and the bytes. */
  static int transportSum(byte[] source, byte[] target, int protocol, byte[] bytes) {
    ByteBuffer all = ByteBuffer.allocate(2 * source.length + 8 + bytes.length);
    all.put(source).put(target).putInt(bytes.length).putInt(protocol).put(bytes);
    return sum(all.array(), 0, all.capacity());
  }

  /** Whether IP and transport checksums of a whole packet fit. */
  public static boolean fits(byte[] packet) {
    boolean six = packet[0] >> 4 == 6;
    int header = six ? 40 : 20;
    int size = six ? 16 : 4;
    int from = six ? 8 : 12;
    byte[] source = Arrays.copyOfRange(packet, from, from + size);
    byte[] target = Arrays.copyOfRange(packet, from + size, from + 2 * size);
    int protocol = packet[six ? 6 : 9];
    byte[] rest = Arrays.copyOfRange(packet, header, packet.length);
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

  /** The packet in pieces of so many bytes each. */
  static List<byte[]> fragments(byte[] packet, int size) {
    boolean six = packet[0] >> 4 == 6;
    int header = six ? 40 : 20;
    List<byte[]> pieces = new ArrayList<>();
    for (int at = header; at < packet.length; at += size) {
      int end = Math.min(at + size, packet.length);
      byte[] part = Arrays.copyOfRange(packet, at, end);
      int more = end < packet.length ? 1 : 0;
      if (six) {
        ByteBuffer b = ByteBuffer.allocate(8 + part.length);
        b.put(packet[6]).put((byte) 0).putShort((short) (at - header | more)).putInt(99).put(part);
        pieces.add(ip(true, 44, b.array()));
      } else {
        byte[] piece = ip(false, packet[9], part);
        ByteBuffer b = ByteBuffer.wrap(piece);
        b.putShort(6, (short) (more << 13 | (at - header) / 8)).putShort(10, (short) 0);
        b.putShort(10, (short) ~sum(piece, 0, 20));
        pieces.add(piece);
      }
    }
    return pieces;
  }

  /** Noise, or a good packet with some bytes changed, cut or lengthened. */
  public static byte[] any(Random random) {
    boolean six = random.nextBoolean();
    byte[] payload = some(random, 64);
    byte[] packet =
        switch (random.nextInt(5)) {
          case 0 -> some(random, 100);
          case 1 -> tcp(six, random.nextInt(65536), 80, random.nextInt(64), payload);
          case 2 -> udp(six, random.nextInt(65536), 53, payload);
          case 3 -> echo(six, payload);
          default -> {
            List<byte[]> pieces = fragments(udp(six, 1, 2, new byte[200]), 64);
            yield pieces.get(random.nextInt(pieces.size()));
          }
        };
    if (packet.length == 0) {
      return packet;
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      packet[random.nextInt(packet.length)] = (byte) random.nextInt();
    }
    if (random.nextInt(3) == 0) {
      packet = Arrays.copyOf(packet, random.nextInt(packet.length + 20));
    }
    if (packet.length >= 20 && packet[0] == 0x45 && random.nextInt(4) != 0) {
      packet[10] = 0;
      packet[11] = 0;
      int sum = ~sum(packet, 0, 20);
      packet[10] = (byte) (sum >> 8);
      packet[11] = (byte) sum;
    }
    return packet;
  }
}
