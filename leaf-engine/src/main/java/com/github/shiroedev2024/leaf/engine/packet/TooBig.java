package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;

/**
 * What "fragmentation needed" (RFC 1191) and "packet too big" (RFC 4443 section 3.2) tell: some
 * link takes no packet as long as the one that is quoted. One object looks at message after
 * message; not thread-safe.
 */
public final class TooBig {
  private static final int UNREACHABLE = 3;
  private static final int NEEDS_FRAGMENTATION = 4;
  private static final int TOO_BIG6 = 2;

  /** Of the quoted packet's transport: the ports, and TCP's sequence number. */
  private static final int LEAST = 8;

  private static final int QUOTE = 512;

  private PacketView message = new PacketView();
  private int quoted;
  private int transport;
  private int protocol;
  private int mtu;
  private long sourceHigh;
  private long sourceLow;
  private long targetHigh;
  private long targetLow;

  /** Reads an ICMP packet; false when it is not such a message, or quotes too little. */
  public boolean read(PacketView packet) {
    message = packet;
    ByteBuffer b = packet.bytes();
    int icmp = packet.transport();
    int type = b.get(icmp) & 0xff;
    int code = b.get(icmp + 1) & 0xff;
    quoted = icmp + PacketView.ICMP_HEADER;
    boolean six = packet.six();
    int header = six ? PacketView.IP6_HEADER : PacketView.IP4_HEADER;
    if (packet.end() - quoted < header + LEAST) {
      return false;
    }
    if (six) {
      mtu = b.getInt(icmp + 4);
      transport = quoted + header;
      protocol = b.get(quoted + 6) & 0xff;
      sourceHigh = b.getLong(quoted + 8);
      sourceLow = b.getLong(quoted + 16);
      targetHigh = b.getLong(quoted + 24);
      targetLow = b.getLong(quoted + 32);
      return type == TOO_BIG6 && code == 0 && b.get(quoted) >> 4 == 6;
    }
    mtu = b.getShort(icmp + 6) & 0xffff;
    transport = quoted + (b.get(quoted) & 0xf) * 4;
    protocol = b.get(quoted + 9) & 0xff;
    sourceHigh = 0;
    sourceLow = b.getInt(quoted + 12) & 0xffff_ffffL;
    targetHigh = 0;
    targetLow = b.getInt(quoted + 16) & 0xffff_ffffL;
    return type == UNREACHABLE
        && code == NEEDS_FRAGMENTATION
        && b.get(quoted) >> 4 == 4
        && transport >= quoted + header
        && transport + LEAST <= packet.end()
        && (b.getShort(quoted + 6) & 0x1fff) == 0;
  }

  /** The longest packet that the link takes; bytes, whatever the message says. */
  public int mtu() {
    return mtu;
  }

  /** Of the quoted packet. */
  public int protocol() {
    return protocol;
  }

  public long sourceHigh() {
    return sourceHigh;
  }

  public long sourceLow() {
    return sourceLow;
  }

  public int sourcePort() {
    return message.bytes().getShort(transport) & 0xffff;
  }

  public long targetHigh() {
    return targetHigh;
  }

  public long targetLow() {
    return targetLow;
  }

  public int targetPort() {
    return message.bytes().getShort(transport + 2) & 0xffff;
  }

  /**
   * Writes the message anew for the socket that the quoted packet came from before it was given
   * other addresses. The output must have room for {@value #QUOTE} bytes and the headers.
   *
   * @return where it ends
   */
  public int redirect(
      ByteBuffer out,
      int at,
      long ownHigh,
      long ownLow,
      int ownPort,
      long peerHigh,
      long peerLow,
      int peerPort) {
    boolean six = message.six();
    int size = Math.min(message.end() - quoted, QUOTE);
    int length = PacketView.ICMP_HEADER + size;
    int protocolNumber = six ? PacketView.ICMP6 : PacketView.ICMP;
    int icmp =
        PacketWriter.ip(out, at, six, peerHigh, peerLow, ownHigh, ownLow, protocolNumber, length);
    out.put(icmp, message.bytes(), message.transport(), length);
    int inner = icmp + PacketView.ICMP_HEADER;
    if (six) {
      out.putLong(inner + 8, ownHigh);
      out.putLong(inner + 16, ownLow);
      out.putLong(inner + 24, peerHigh);
      out.putLong(inner + 32, peerLow);
    } else {
      out.putInt(inner + 12, (int) ownLow);
      out.putInt(inner + 16, (int) peerLow);
      out.putShort(inner + 10, (short) 0);
      int headerEnd = inner + (transport - quoted);
      out.putShort(inner + 10, (short) Checksum.finish(Checksum.sum(out, inner, headerEnd)));
    }
    int ports = inner + (transport - quoted);
    out.putShort(ports, (short) ownPort);
    out.putShort(ports + 2, (short) peerPort);
    int end = icmp + length;
    out.putShort(icmp + 2, (short) 0);
    long sum = Checksum.sum(out, icmp, end);
    if (six) {
      sum += Checksum.pseudo(peerHigh, peerLow, ownHigh, ownLow, protocolNumber, length);
    }
    out.putShort(icmp + 2, (short) Checksum.finish(sum));
    return end;
  }
}
