package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;

/** Makes packets. Every buffer is big-endian; every method answers where the packet ends. */
public final class PacketWriter {
  /** IP and UDP headers of the longer kind. */
  public static final int UDP_HEADERS = PacketView.IP6_HEADER + PacketView.UDP_HEADER;

  /** The longest payload that a packet of this family can say the length of. */
  private static final int MAX_UDP4 = 65_535 - PacketView.IP4_HEADER - PacketView.UDP_HEADER;

  private static final int MAX_UDP6 = 65_535 - PacketView.UDP_HEADER;
  private static final int HOPS = 64;
  private static final int FRAGMENT = 44;
  private static final int FRAGMENT_HEADER = 8;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO = 8;
  private static final int ECHO6 = 128;
  private static final int ECHO6_REPLY = 129;

  /** A packet made in answer to another quotes at most this much of it (RFC 1812, 4.3.2.3). */
  private static final int QUOTE = 512;

  private PacketWriter() {}

  /** The longest UDP payload of one packet; bytes. */
  public static int maxUdpPayload(boolean six) {
    return six ? MAX_UDP6 : MAX_UDP4;
  }

  /** Bytes of the IP and UDP headers. */
  public static int udpHeaders(boolean six) {
    return (six ? PacketView.IP6_HEADER : PacketView.IP4_HEADER) + PacketView.UDP_HEADER;
  }

  /**
   * Writes the headers of a datagram whose payload stands behind them already.
   *
   * @param payload bytes, at most {@link #maxUdpPayload}
   * @param id tells the packet's fragments from those of others, should it be cut on its way; IPv4
   * @param partial leave the checksum to whoever takes the packet: the sum of the pseudo header
   *     alone is written
   */
  public static int udp(
      ByteBuffer out,
      int at,
      boolean six,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long targetHigh,
      long targetLow,
      int targetPort,
      int payload,
      int id,
      boolean partial) {
    int length = PacketView.UDP_HEADER + payload;
    int udp =
        ip(out, at, six, sourceHigh, sourceLow, targetHigh, targetLow, PacketView.UDP, length);
    if (!six) {
      out.putShort(at + 4, (short) id);
      out.putShort(at + 10, (short) 0);
      out.putShort(at + 10, (short) Checksum.finish(Checksum.sum(out, at, udp)));
    }
    out.putShort(udp, (short) sourcePort);
    out.putShort(udp + 2, (short) targetPort);
    out.putShort(udp + 4, (short) length);
    out.putShort(udp + PacketView.UDP_CHECKSUM, (short) 0);
    long sum =
        Checksum.pseudo(sourceHigh, sourceLow, targetHigh, targetLow, PacketView.UDP, length);
    int field;
    if (partial) {
      field = Checksum.fold(sum);
    } else {
      field = Checksum.finish(sum + Checksum.sum(out, udp, udp + length));
      field = field == 0 ? 0xffff : field; // 0 means that there is none (RFC 768)
    }
    out.putShort(udp + PacketView.UDP_CHECKSUM, (short) field);
    return udp + length;
  }

  /** Writes an IP header and answers where the next one begins. */
  static int ip(
      ByteBuffer out,
      int at,
      boolean six,
      long fromHigh,
      long fromLow,
      long toHigh,
      long toLow,
      int protocol,
      int length) {
    if (six) {
      out.putInt(at, 0x6000_0000);
      out.putShort(at + 4, (short) length);
      out.put(at + 6, (byte) protocol);
      out.put(at + 7, (byte) HOPS);
      out.putLong(at + 8, fromHigh);
      out.putLong(at + 16, fromLow);
      out.putLong(at + 24, toHigh);
      out.putLong(at + 32, toLow);
      return at + PacketView.IP6_HEADER;
    }
    out.putShort(at, (short) 0x4500);
    out.putShort(at + 2, (short) (PacketView.IP4_HEADER + length));
    out.putInt(at + 4, 0);
    out.put(at + 8, (byte) HOPS);
    out.put(at + 9, (byte) protocol);
    out.putShort(at + 10, (short) 0);
    out.putInt(at + 12, (int) fromLow);
    out.putInt(at + 16, (int) toLow);
    int to = at + PacketView.IP4_HEADER;
    out.putShort(at + 10, (short) Checksum.finish(Checksum.sum(out, at, to)));
    return to;
  }

  /**
   * Writes one fragment of an IPv6 packet that has no extension headers (RFC 8200 section 4.5);
   * nobody on the way may cut it.
   *
   * @param from which byte behind the header it begins with, a multiple of 8
   * @param size a multiple of 8, unless it is the last
   * @param id the same in all fragments of the packet, and in no other packet's
   */
  public static int fragment(
      ByteBuffer packet, int start, int end, int from, int size, int id, ByteBuffer out, int at) {
    int payload = start + PacketView.IP6_HEADER + from;
    out.put(at, packet, start, PacketView.IP6_HEADER);
    out.putShort(at + 4, (short) (FRAGMENT_HEADER + size));
    out.put(at + 6, (byte) FRAGMENT);
    int header = at + PacketView.IP6_HEADER;
    out.put(header, packet.get(start + 6));
    out.put(header + 1, (byte) 0);
    out.putShort(header + 2, (short) (payload + size < end ? from | 1 : from));
    out.putInt(header + 4, id);
    out.put(header + FRAGMENT_HEADER, packet, payload, size);
    return header + FRAGMENT_HEADER + size;
  }

  /** Whether it is an ICMP echo request. */
  public static boolean isEcho(PacketView packet) {
    int type = packet.bytes().get(packet.transport()) & 0xff;
    return type == (packet.six() ? ECHO6 : ECHO);
  }

  /**
   * Makes an echo request its own reply, in place (RFC 792, RFC 4443 section 4.2).
   *
   * @param partial whether its ICMPv6 checksum is that of the pseudo header only, which stays
   */
  public static void reply(PacketView packet, boolean partial) {
    ByteBuffer b = packet.bytes();
    int at = packet.start();
    int icmp = packet.transport();
    if (packet.six()) {
      b.putLong(at + 8, packet.targetHigh());
      b.putLong(at + 16, packet.targetLow());
      b.putLong(at + 24, packet.sourceHigh());
      b.putLong(at + 32, packet.sourceLow());
    } else {
      b.putInt(at + 12, (int) packet.targetLow());
      b.putInt(at + 16, (int) packet.sourceLow());
    }
    int before = b.getShort(icmp) & 0xffff;
    b.put(icmp, (byte) (packet.six() ? ECHO6_REPLY : ECHO_REPLY));
    if (!partial) {
      int field = b.getShort(icmp + 2) & 0xffff;
      int now = b.getShort(icmp) & 0xffff;
      b.putShort(icmp + 2, (short) Checksum.update(field, Checksum.change(before, now)));
    }
  }

  /** Answers a TCP packet with a reset (RFC 9293 section 3.10.7.1). */
  public static int reset(PacketView packet, ByteBuffer out, int at) {
    ByteBuffer in = packet.bytes();
    int flags = packet.tcpFlags();
    int tcp =
        ip(
            out,
            at,
            packet.six(),
            packet.targetHigh(),
            packet.targetLow(),
            packet.sourceHigh(),
            packet.sourceLow(),
            PacketView.TCP,
            PacketView.TCP_HEADER);
    int sequence = 0;
    int acknowledged = 0;
    int answer = PacketView.RST;
    if ((flags & PacketView.ACK) != 0) {
      sequence = in.getInt(packet.transport() + 8);
    } else {
      answer |= PacketView.ACK;
      acknowledged =
          in.getInt(packet.transport() + 4)
              + packet.tcpPayload()
              + ((flags & PacketView.SYN) != 0 ? 1 : 0)
              + ((flags & PacketView.FIN) != 0 ? 1 : 0);
    }
    out.putShort(tcp, (short) packet.targetPort());
    out.putShort(tcp + 2, (short) packet.sourcePort());
    out.putInt(tcp + 4, sequence);
    out.putInt(tcp + 8, acknowledged);
    out.putShort(tcp + 12, (short) (0x5000 | answer));
    out.putShort(tcp + 14, (short) 0);
    out.putInt(tcp + 16, 0);
    int end = tcp + PacketView.TCP_HEADER;
    long sum =
        Checksum.pseudo(
            packet.targetHigh(),
            packet.targetLow(),
            packet.sourceHigh(),
            packet.sourceLow(),
            PacketView.TCP,
            PacketView.TCP_HEADER);
    out.putShort(
        tcp + PacketView.TCP_CHECKSUM, (short) Checksum.finish(sum + Checksum.sum(out, tcp, end)));
    return end;
  }

  /** What "destination unreachable" says is unreachable. */
  public enum Unreachable {
    NET(0, 0),
    PORT(3, 4);

    private final int code;
    private final int code6;

    Unreachable(int code, int code6) {
      this.code = code;
      this.code6 = code6;
    }
  }

  /**
   * Answers a packet with "destination unreachable" in the name of its target (RFC 792, RFC 4443
   * section 3.1). The output must have room for {@value #QUOTE} bytes and the headers.
   */
  public static int unreachable(PacketView packet, Unreachable what, ByteBuffer out, int at) {
    int quoted = Math.min(packet.end() - packet.start(), QUOTE);
    int length = PacketView.ICMP_HEADER + quoted;
    int protocol = packet.six() ? PacketView.ICMP6 : PacketView.ICMP;
    int icmp =
        ip(
            out,
            at,
            packet.six(),
            packet.targetHigh(),
            packet.targetLow(),
            packet.sourceHigh(),
            packet.sourceLow(),
            protocol,
            length);
    int type = packet.six() ? 1 : 3;
    out.put(icmp, (byte) type);
    out.put(icmp + 1, (byte) (packet.six() ? what.code6 : what.code));
    out.putShort(icmp + 2, (short) 0);
    out.putInt(icmp + 4, 0);
    out.put(icmp + PacketView.ICMP_HEADER, packet.bytes(), packet.start(), quoted);
    int end = icmp + length;
    long sum = Checksum.sum(out, icmp, end);
    if (packet.six()) {
      sum +=
          Checksum.pseudo(
              packet.targetHigh(),
              packet.targetLow(),
              packet.sourceHigh(),
              packet.sourceLow(),
              protocol,
              length);
    }
    out.putShort(icmp + 2, (short) Checksum.finish(sum));
    return end;
  }
}
