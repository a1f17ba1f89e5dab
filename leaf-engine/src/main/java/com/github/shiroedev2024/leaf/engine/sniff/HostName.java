package com.github.shiroedev2024.leaf.engine.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;
import org.jspecify.annotations.Nullable;

/** Reads domain names that strangers send: nothing but a name that could exist is one. */
final class HostName {
  /** RFC 1035 section 2.3.4: 255 bytes on the wire, which is 253 characters with dots. */
  private static final int MAX_NAME = 253;

  private static final int MAX_LABEL = 63;

  private HostName() {}

  /**
   * The name in these bytes in lower case and without a last dot. Null for what is none: empty or
   * too long labels, other characters than letters, digits, '-' and '_', and IPv4 addresses, whose
   * last label is a number.
   */
  static @Nullable String of(ByteBuf in, int from, int length) {
    int end = from + length;
    if (length > 0 && in.getByte(end - 1) == '.') {
      end--;
    }
    if (end == from || end - from > MAX_NAME) {
      return null;
    }
    StringBuilder name = new StringBuilder(end - from);
    int label = 0;
    boolean digits = true;
    for (int i = from; i < end; i++) {
      char c = (char) in.getUnsignedByte(i);
      if (c == '.') {
        if (label == 0) {
          return null;
        }
        label = 0;
        digits = true;
      } else if (++label > MAX_LABEL || !isPart(c)) {
        return null;
      } else {
        digits &= c >= '0' && c <= '9';
      }
      name.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return label == 0 || digits ? null : name.toString();
  }

  /** The same of text. */
  static @Nullable String of(String text) {
    ByteBuf bytes = Unpooled.copiedBuffer(text, CharsetUtil.UTF_8);
    return of(bytes, 0, bytes.readableBytes());
  }

  private static boolean isPart(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }
}
