package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's question about one name, as far as it is answered here (RFC 1035 section 4): one
 * question, class IN.
 *
 * @param name as it was asked, without a last dot
 * @param type of the records asked for
 * @param question the question as it came, to be repeated in the answer
 */
public record DnsQuery(
    int id, boolean recursionDesired, boolean edns, String name, int type, ByteBuf question) {
  public static final int A = 1;
  public static final int PTR = 12;
  public static final int AAAA = 28;

  /** How to reach a service (RFC 9460); may tell addresses beside the name. */
  public static final int SVCB = 64;

  /** As {@link #SVCB}, for HTTP. */
  public static final int HTTPS = 65;

  /** The answer could not be found out; whoever asked may ask somebody else. */
  public static final int SERVER_FAILURE = 2;

  public static final int NO_ERROR = 0;
  public static final int NO_SUCH_NAME = 3;

  private static final int HEADER = 12;
  private static final int MAX_NAME = 255;
  private static final int TYPE_OPT = 41;
  private static final int CLASS_IN = 1;
  private static final int RESPONSE = 0x8000;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int NAME_OF_QUESTION = 0xc000 | HEADER;

  /** More would not fit into 512 bytes, which any client takes. */
  private static final int MAX_ADDRESSES = 8;

  private static final String REVERSE = ".in-addr.arpa";

  /**
   * The type of the records that the message asks for; 0 when it is no such question. Looks without
   * making anything, for every datagram to port 53 is looked at.
   */
  public static int type(ByteBuffer b, int from, int to) {
    if (to - from < HEADER + 5
        || (b.getShort(from + 2) & 0xf800) != 0
        || b.getShort(from + 4) != 1
        || b.getInt(from + 6) != 0) {
      return 0;
    }
    int at = from + HEADER;
    while (at < to && b.get(at) != 0) {
      int label = b.get(at) & 0xff;
      if (label > 63) {
        return 0;
      }
      at += 1 + label;
    }
    if (at + 5 > to || at - from - HEADER > MAX_NAME) {
      return 0;
    }
    return at > from + HEADER && b.getShort(at + 3) == CLASS_IN ? b.getShort(at + 1) & 0xffff : 0;
  }

  /** The name of a message that has a {@link #type}, as it was asked, without a last dot. */
  public static String name(ByteBuffer b, int from) {
    StringBuilder name = new StringBuilder();
    int at = from + HEADER;
    for (int label = b.get(at); label != 0; label = b.get(at)) {
      if (!name.isEmpty()) {
        name.append('.');
      }
      for (int i = 1; i <= label; i++) {
        name.append((char) (b.get(at + i) & 0xff));
      }
      at += 1 + label;
    }
    return name.toString();
  }

  /**
   * The IPv4 address whose name is asked for (RFC 1035 section 3.5), as 32 bits; -1 when this is
   * not the reverse form of one.
   */
  public static long reversed(String name) {
    int end = name.length() - REVERSE.length();
    if (end <= 0 || !name.regionMatches(true, end, REVERSE, 0, REVERSE.length())) {
      return -1;
    }
    String[] parts = name.substring(0, end).split("\\.", -1);
    if (parts.length != 4) {
      return -1;
    }
    long address = 0;
    for (int i = 3; i >= 0; i--) {
      if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
        return -1;
      }
      address = address << 8 | Integer.parseInt(parts[i]);
    }
    return address;
  }

  /** Reads the message from its reader index to its end; null when it is no such question. */
  public static @Nullable DnsQuery read(ByteBuf in) {
    int from = in.readerIndex();
    ByteBuffer bytes = in.nioBuffer();
    int type = type(bytes, 0, bytes.limit());
    if (type == 0) {
      return null;
    }
    int at = HEADER;
    while (bytes.get(at) != 0) {
      at += 1 + bytes.get(at);
    }
    int end = at + 5;
    boolean edns =
        bytes.getShort(10) != 0
            && end + 3 <= bytes.limit()
            && bytes.get(end) == 0
            && bytes.getShort(end + 1) == TYPE_OPT;
    return new DnsQuery(
        bytes.getShort(0) & 0xffff,
        (bytes.getShort(2) & RECURSION_DESIRED) != 0,
        edns,
        name(bytes, 0),
        type,
        Unpooled.copiedBuffer(in.slice(from + HEADER, end - HEADER)));
  }

  /** Whether IPv6 addresses are asked for. */
  public boolean six() {
    return type == AAAA;
  }

  /**
   * Appends the answer. Addresses of the other family are left out.
   *
   * @param code {@link #NO_ERROR}, {@link #NO_SUCH_NAME} or {@link #SERVER_FAILURE}
   */
  public void writeAnswer(ByteBuf out, int code, List<InetAddress> addresses, Duration life) {
    List<InetAddress> told =
        addresses.stream()
            .filter(a -> a instanceof Inet6Address == six())
            .limit(MAX_ADDRESSES)
            .toList();
    begin(out, code, told.size());
    for (InetAddress address : told) {
      byte[] bytes = address.getAddress();
      record(out, life, bytes.length);
      out.writeBytes(bytes);
    }
    end(out);
  }

  /** Appends the answer that the name asked for points to another one. */
  public void writePointer(ByteBuf out, String target, Duration life) {
    begin(out, NO_ERROR, 1);
    record(out, life, target.length() + 2);
    DnsMessages.writeName(out, target);
    end(out);
  }

  private void begin(ByteBuf out, int code, int answers) {
    out.writeShort(id);
    out.writeShort(
        RESPONSE | (recursionDesired ? RECURSION_DESIRED : 0) | RECURSION_AVAILABLE | code);
    out.writeShort(1);
    out.writeShort(answers);
    out.writeShort(0);
    out.writeShort(edns ? 1 : 0);
    out.writeBytes(question, question.readerIndex(), question.readableBytes());
  }

  private void record(ByteBuf out, Duration life, int length) {
    out.writeShort(NAME_OF_QUESTION);
    out.writeShort(type);
    out.writeShort(CLASS_IN);
    out.writeInt((int) life.toSeconds());
    out.writeShort(length);
  }

  private void end(ByteBuf out) {
    if (edns) {
      out.writeByte(0);
      out.writeShort(TYPE_OPT);
      out.writeShort(DnsMessages.UDP_PAYLOAD);
      out.writeInt(0);
      out.writeShort(0);
    }
  }
}
