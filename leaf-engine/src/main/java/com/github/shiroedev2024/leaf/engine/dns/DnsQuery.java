package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client's question for the addresses of one name, as far as it is answered here (RFC 1035
 * section 4): one question, class IN, type A or AAAA.
 *
 * @param name as it was asked, without a last dot
 * @param six AAAA, not A
 * @param question the question as it came, to be repeated in the answer
 */
public record DnsQuery(
    int id, boolean recursionDesired, boolean edns, String name, boolean six, ByteBuf question) {
  /** The answer could not be found out; whoever asked may ask somebody else. */
  public static final int SERVER_FAILURE = 2;

  public static final int NO_ERROR = 0;
  public static final int NO_SUCH_NAME = 3;

  private static final int HEADER = 12;
  private static final int MAX_NAME = 255;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;
  private static final int TYPE_OPT = 41;
  private static final int CLASS_IN = 1;
  private static final int RESPONSE = 0x8000;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int NAME_OF_QUESTION = 0xc000 | HEADER;

  /** More would not fit into 512 bytes, which any client takes. */
  private static final int MAX_ADDRESSES = 8;

  /**
   * Whether the message is such a question. Looks without making anything, for every datagram to
   * port 53 is looked at.
   */
  public static boolean is(ByteBuffer b, int from, int to) {
    if (to - from < HEADER + 5
        || (b.getShort(from + 2) & 0xf800) != 0
        || b.getShort(from + 4) != 1
        || b.getInt(from + 6) != 0) {
      return false;
    }
    int at = from + HEADER;
    while (at < to && b.get(at) != 0) {
      int label = b.get(at) & 0xff;
      if (label > 63) {
        return false;
      }
      at += 1 + label;
    }
    if (at + 5 > to || at - from - HEADER > MAX_NAME) {
      return false;
    }
    int type = b.getShort(at + 1);
    return at > from + HEADER
        && (type == TYPE_A || type == TYPE_AAAA)
        && b.getShort(at + 3) == CLASS_IN;
  }

  /** Reads the message from its reader index to its end; null when it is no such question. */
  public static @Nullable DnsQuery read(ByteBuf in) {
    int from = in.readerIndex();
    ByteBuffer bytes = in.nioBuffer();
    if (!is(bytes, 0, bytes.limit())) {
      return null;
    }
    StringBuilder name = new StringBuilder();
    int at = HEADER;
    for (int label = bytes.get(at); label != 0; label = bytes.get(at)) {
      if (!name.isEmpty()) {
        name.append('.');
      }
      byte[] text = new byte[label];
      bytes.get(at + 1, text);
      name.append(new String(text, StandardCharsets.ISO_8859_1));
      at += 1 + label;
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
        name.toString(),
        bytes.getShort(at + 1) == TYPE_AAAA,
        in.copy(from + HEADER, end - HEADER));
  }

  /**
   * Appends the answer. Addresses of the other family are left out.
   *
   * @param code {@link #NO_ERROR}, {@link #NO_SUCH_NAME} or {@link #SERVER_FAILURE}
   */
  public void writeAnswer(ByteBuf out, int code, List<InetAddress> addresses, Duration life) {
    List<InetAddress> told =
        addresses.stream()
            .filter(a -> a instanceof Inet6Address == six)
            .limit(MAX_ADDRESSES)
            .toList();
    out.writeShort(id);
    out.writeShort(
        RESPONSE | (recursionDesired ? RECURSION_DESIRED : 0) | RECURSION_AVAILABLE | code);
    out.writeShort(1);
    out.writeShort(told.size());
    out.writeShort(0);
    out.writeShort(edns ? 1 : 0);
    out.writeBytes(question, question.readerIndex(), question.readableBytes());
    for (InetAddress address : told) {
      byte[] bytes = address.getAddress();
      out.writeShort(NAME_OF_QUESTION);
      out.writeShort(six ? TYPE_AAAA : TYPE_A);
      out.writeShort(CLASS_IN);
      out.writeInt((int) life.toSeconds());
      out.writeShort(bytes.length);
      out.writeBytes(bytes);
    }
    if (edns) {
      out.writeByte(0);
      out.writeShort(TYPE_OPT);
      out.writeShort(DnsMessages.UDP_PAYLOAD);
      out.writeInt(0);
      out.writeShort(0);
    }
  }
}
