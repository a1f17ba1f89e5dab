package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of one IP packet are (RFC 791, RFC 8200). One object looks at packet after
 * packet; what it says holds until the next {@link #read}. Addresses are pairs of longs: an IPv4
 * address is the low 32 bits of the low one.
 *
 * <p>{@link #read} looks at every length before it believes it: whatever the bytes are, nothing
 * outside {@code from … to} is read, and after it answered null everything the other methods touch
 * lies within. Not thread-safe.
 */
public final class PacketView {
  public static final int ICMP = 1;
  public static final int TCP = 6;
  public static final int UDP = 17;
  public static final int ICMP6 = 58;

  /** TCP flags (RFC 9293 section 3.1). */
  public static final int FIN = 1;

  public static final int SYN = 2;
  public static final int RST = 4;
  public static final int ACK = 16;

  static final int IP4_HEADER = 20;
  static final int IP6_HEADER = 40;
  static final int TCP_HEADER = 20;
  static final int UDP_HEADER = 8;
  static final int ICMP_HEADER = 8;
  static final int TCP_CHECKSUM = 16;
  static final int UDP_CHECKSUM = 6;

  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION = 60;
  private static final int MOBILITY = 135;
  private static final int HIP = 139;
  private static final int SHIM6 = 140;

  /** More are nobody's honest packet. */
  private static final int MAX_EXTENSIONS = 8;

  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private int start;
  private int end;
  private int transport;
  private int protocol;
  private boolean six;
  private boolean fragment;
  private boolean more;
  private int fragmentOffset;
  private int fragmentId;
  private long sourceHigh;
  private long sourceLow;
  private long targetHigh;
  private long targetLow;

  /**
   * Looks at the packet in {@code from … to} of a big-endian buffer. Bytes behind the length that
   * the packet states are left out.
   *
   * @return null, or why it must be dropped
   */
  public @Nullable Drop read(ByteBuffer buffer, int from, int to) {
    bytes = buffer;
    start = from;
    fragment = false;
    more = false;
    fragmentOffset = 0;
    if (to - from < 1) {
      return Drop.TRUNCATED;
    }
    Drop wrong =
        switch (buffer.get(from) >> 4 & 0xf) {
          case 4 -> four(to);
          case 6 -> six(to);
          default -> Drop.VERSION;
        };
    if (wrong == null) {
      wrong = addresses();
    }
    return wrong != null || fragment ? wrong : checkTransport();
  }

  private @Nullable Drop four(int to) {
    six = false;
    if (to - start < IP4_HEADER) {
      return Drop.TRUNCATED;
    }
    int header = (bytes.get(start) & 0xf) * 4;
    int total = bytes.getShort(start + 2) & 0xffff;
    if (header < IP4_HEADER || total < header) {
      return Drop.LENGTH;
    }
    if (total > to - start) {
      return Drop.TRUNCATED;
    }
    if (Checksum.fold(Checksum.sum(bytes, start, start + header)) != 0xffff) {
      return Drop.CHECKSUM;
    }
    end = start + total;
    transport = start + header;
    protocol = bytes.get(start + 9) & 0xff;
    int flags = bytes.getShort(start + 6) & 0xffff;
    fragmentOffset = (flags & 0x1fff) * 8;
    more = (flags & 0x2000) != 0;
    fragment = more || fragmentOffset != 0;
    fragmentId = bytes.getShort(start + 4) & 0xffff;
    sourceHigh = 0;
    sourceLow = bytes.getInt(start + 12) & 0xffff_ffffL;
    targetHigh = 0;
    targetLow = bytes.getInt(start + 16) & 0xffff_ffffL;
    return null;
  }

  private @Nullable Drop six(int to) {
    six = true;
    if (to - start < IP6_HEADER) {
      return Drop.TRUNCATED;
    }
    end = start + IP6_HEADER + (bytes.getShort(start + 4) & 0xffff);
    if (end > to) {
      return Drop.TRUNCATED;
    }
    sourceHigh = bytes.getLong(start + 8);
    sourceLow = bytes.getLong(start + 16);
    targetHigh = bytes.getLong(start + 24);
    targetLow = bytes.getLong(start + 32);
    protocol = bytes.get(start + 6) & 0xff;
    transport = start + IP6_HEADER;
    for (int i = 0; i < MAX_EXTENSIONS; i++) {
      switch (protocol) {
        case HOP_BY_HOP, DESTINATION, MOBILITY, HIP, SHIM6, ROUTING, AUTHENTICATION -> {
          if (end - transport < 8) {
            return Drop.TRUNCATED;
          }
          if (protocol == ROUTING && bytes.get(transport + 2) == 0) {
            return Drop.EXTENSION;
          }
          int units = bytes.get(transport + 1) & 0xff;
          int length = protocol == AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
          if (length > end - transport) {
            return Drop.TRUNCATED;
          }
          protocol = bytes.get(transport) & 0xff;
          transport += length;
        }
        case FRAGMENT -> {
          if (end - transport < 8) {
            return Drop.TRUNCATED;
          }
          int field = bytes.getShort(transport + 2) & 0xffff;
          protocol = bytes.get(transport) & 0xff;
          fragmentOffset = field & 0xfff8;
          more = (field & 1) != 0;
          fragmentId = bytes.getInt(transport + 4);
          transport += 8;
          if (more || fragmentOffset != 0) { // else an atomic fragment (RFC 6946)
            fragment = true;
            return null;
          }
        }
        default -> {
          return null;
        }
      }
    }
    return Drop.EXTENSION;
  }

  private @Nullable Drop addresses() {
    if (six) {
      if (targetHigh >>> 56 == 0xff) {
        return Drop.MULTICAST;
      }
      return sourceHigh >>> 56 == 0xff
              || (sourceHigh == 0 && sourceLow <= 1 && sourceLow >= 0)
              || (targetHigh == 0 && targetLow <= 1 && targetLow >= 0)
              || (sourceHigh == targetHigh && sourceLow == targetLow)
          ? Drop.MARTIAN
          : null;
    }
    int firstOfTarget = (int) (targetLow >>> 24);
    int firstOfSource = (int) (sourceLow >>> 24);
    if ((firstOfTarget & 0xf0) == 0xe0 || targetLow == 0xffff_ffffL) {
      return Drop.MULTICAST;
    }
    return firstOfTarget == 0
            || firstOfTarget == 127
            || firstOfTarget >= 240
            || firstOfSource == 0
            || firstOfSource == 127
            || firstOfSource >= 224
            || sourceLow == targetLow
        ? Drop.MARTIAN
        : null;
  }

  private @Nullable Drop checkTransport() {
    int length = end - transport;
    return switch (protocol) {
      case TCP -> checkTcp(length);
      case UDP -> checkUdp(length);
      case ICMP, ICMP6 -> checkIcmp(length);
      default -> Drop.PROTOCOL;
    };
  }

  private @Nullable Drop checkTcp(int length) {
    if (length < TCP_HEADER) {
      return Drop.TRUNCATED;
    }
    int header = (bytes.get(transport + 12) >> 4 & 0xf) * 4;
    return header < TCP_HEADER || header > length ? Drop.LENGTH : null;
  }

  private @Nullable Drop checkUdp(int length) {
    if (length < UDP_HEADER) {
      return Drop.TRUNCATED;
    }
    int stated = bytes.getShort(transport + 4) & 0xffff;
    return stated < UDP_HEADER || stated > length ? Drop.LENGTH : null;
  }

  private @Nullable Drop checkIcmp(int length) {
    if ((protocol == ICMP6) != six) {
      return Drop.PROTOCOL;
    }
    return length < ICMP_HEADER ? Drop.TRUNCATED : null;
  }

  ByteBuffer bytes() {
    return bytes;
  }

  /** Where the packet begins in its buffer. */
  public int start() {
    return start;
  }

  /** Where the packet ends in its buffer. */
  public int end() {
    return end;
  }

  /** Where the TCP, UDP or ICMP header begins; of a fragment, where its piece begins. */
  public int transport() {
    return transport;
  }

  /** The protocol number behind all extension headers. */
  public int protocol() {
    return protocol;
  }

  /** IPv6, not IPv4. */
  public boolean six() {
    return six;
  }

  /** Whether it is a piece of a packet only; then nothing is known of ports. */
  public boolean fragment() {
    return fragment;
  }

  boolean moreFragments() {
    return more;
  }

  int fragmentOffset() {
    return fragmentOffset;
  }

  int fragmentId() {
    return fragmentId;
  }

  public long sourceHigh() {
    return sourceHigh;
  }

  public long sourceLow() {
    return sourceLow;
  }

  public long targetHigh() {
    return targetHigh;
  }

  public long targetLow() {
    return targetLow;
  }

  public int sourcePort() {
    return bytes.getShort(transport) & 0xffff;
  }

  public int targetPort() {
    return bytes.getShort(transport + 2) & 0xffff;
  }

  /** Of a TCP packet. */
  public int tcpFlags() {
    return bytes.get(transport + 13) & 0xff;
  }

  /** Of a TCP packet: payload bytes. */
  public int tcpPayload() {
    return end - transport - (bytes.get(transport + 12) >> 4 & 0xf) * 4;
  }

  /** Of a UDP packet: where its payload begins. */
  public int udpPayload() {
    return transport + UDP_HEADER;
  }

  /** Of a UDP packet: where its payload ends. */
  public int udpEnd() {
    return transport + (bytes.getShort(transport + 4) & 0xffff);
  }

  /** Whether the checksum of a UDP or ICMP packet fits; a UDP one over IPv4 may be left out. */
  public boolean checksumFits() {
    if (protocol == UDP) {
      int field = bytes.getShort(transport + UDP_CHECKSUM);
      return field == 0 ? !six : fits(udpEnd());
    }
    return protocol == ICMP
        ? Checksum.fold(Checksum.sum(bytes, transport, end)) == 0xffff
        : fits(end);
  }

  private boolean fits(int to) {
    long sum =
        Checksum.pseudo(sourceHigh, sourceLow, targetHigh, targetLow, protocol, to - transport);
    return Checksum.fold(sum + Checksum.sum(bytes, transport, to)) == 0xffff;
  }

  /**
   * Gives a TCP packet other addresses and ports, in place; its checksums are changed by the
   * difference alone, so that a wrong one stays wrong and the payload is never read.
   *
   * @param partial whether the TCP checksum is that of the pseudo header only, which knows no ports
   */
  public void redirectTcp(
      long newSourceHigh,
      long newSourceLow,
      int newSourcePort,
      long newTargetHigh,
      long newTargetLow,
      int newTargetPort,
      boolean partial) {
    long change =
        Checksum.change(sourceLow, newSourceLow) + Checksum.change(targetLow, newTargetLow);
    if (six) {
      change +=
          Checksum.change(sourceHigh, newSourceHigh) + Checksum.change(targetHigh, newTargetHigh);
      bytes.putLong(start + 8, newSourceHigh);
      bytes.putLong(start + 16, newSourceLow);
      bytes.putLong(start + 24, newTargetHigh);
      bytes.putLong(start + 32, newTargetLow);
    } else {
      int field = bytes.getShort(start + 10) & 0xffff;
      bytes.putShort(start + 10, (short) Checksum.update(field, change));
      bytes.putInt(start + 12, (int) newSourceLow);
      bytes.putInt(start + 16, (int) newTargetLow);
    }
    int field = bytes.getShort(transport + TCP_CHECKSUM) & 0xffff;
    if (partial) {
      field = Checksum.fold(field + change);
    } else {
      change += Checksum.change(sourcePort(), newSourcePort);
      change += Checksum.change(targetPort(), newTargetPort);
      field = Checksum.update(field, change);
    }
    bytes.putShort(transport + TCP_CHECKSUM, (short) field);
    bytes.putShort(transport, (short) newSourcePort);
    bytes.putShort(transport + 2, (short) newTargetPort);
    sourceHigh = newSourceHigh;
    sourceLow = newSourceLow;
    targetHigh = newTargetHigh;
    targetLow = newTargetLow;
  }
}
