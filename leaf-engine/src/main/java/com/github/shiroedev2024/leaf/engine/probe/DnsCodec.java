package com.github.shiroedev2024.leaf.engine.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A DNS query for the IPv4 addresses of a name, and whether a datagram is the reply to it (RFC
 * 1035, section 4): same id, a response, one question and that is ours.
 */
final class DnsCodec implements Exchange {
  private static final int HEADER = 12;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RESPONSE = 0x8000;
  private static final int NO_ERROR = 0;
  private static final int NO_SUCH_NAME = 3;

  private final int id;
  private final String name;
  private String fault = "";

  /**
   * @param id 0 to 65535
   * @param name labels of 1 to 63 ASCII characters, with dots between them
   */
  DnsCodec(int id, String name) {
    this.id = id;
    this.name = name;
  }

  @Override
  public void ask(ByteBuf out) {
    out.writeShort(id).writeShort(RECURSION_DESIRED).writeShort(1);
    out.writeShort(0).writeShort(0).writeShort(0);
    for (String label : name.split("\\.", -1)) {
      out.writeByte(label.length());
      ByteBufUtil.writeAscii(out, label);
    }
    out.writeByte(0).writeShort(1).writeShort(1); // type A, class IN
  }

  @Override
  public Verdict answer(ByteBuf in) {
    if (in.readableBytes() < HEADER) {
      return Verdict.MORE;
    }
    int start = in.readerIndex();
    int flags = in.getUnsignedShort(start + 2);
    if (in.getUnsignedShort(start) != id
        || (flags & RESPONSE) == 0
        || in.getUnsignedShort(start + 4) != 1
        || !asksOurs(in, start + HEADER)) {
      return Verdict.MORE;
    }
    int code = flags & 0xf;
    if (code == NO_ERROR || code == NO_SUCH_NAME) {
      return Verdict.RIGHT;
    }
    fault = "the DNS server answered with error code " + code;
    return Verdict.WRONG;
  }

  private boolean asksOurs(ByteBuf in, int offset) {
    int at = offset;
    for (String label : name.split("\\.", -1)) {
      if (in.writerIndex() < at + 1 + label.length() || in.getByte(at) != label.length()) {
        return false;
      }
      String theirs = in.toString(at + 1, label.length(), StandardCharsets.US_ASCII);
      if (!theirs.toLowerCase(Locale.ROOT).equals(label.toLowerCase(Locale.ROOT))) {
        return false;
      }
      at += 1 + label.length();
    }
    return in.writerIndex() >= at + 5
        && in.getByte(at) == 0
        && in.getUnsignedShort(at + 1) == 1
        && in.getUnsignedShort(at + 3) == 1;
  }

  @Override
  public String fault() {
    return fault;
  }
}
