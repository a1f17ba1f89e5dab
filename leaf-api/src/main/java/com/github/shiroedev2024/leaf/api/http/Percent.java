package com.github.shiroedev2024.leaf.api.http;

import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Percent-decoding (RFC 3986, 2.1) of UTF-8 text. A plus sign is a plus sign. Bytes that should
 * have been encoded and were not are taken as they are.
 */
final class Percent {
  private Percent() {}

  /**
   * Decodes a part of a request's target, in which each character is one byte.
   *
   * @param what names the part for the error
   * @throws ControlException BAD_REQUEST when it is malformed or not UTF-8
   */
  static String decode(String raw, String what) {
    int i = 0;
    while (i < raw.length() && raw.charAt(i) != '%' && raw.charAt(i) < 0x80) {
      i++;
    }
    if (i == raw.length()) {
      return raw;
    }
    ByteBuffer bytes = ByteBuffer.allocate(raw.length());
    for (i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
        continue;
      }
      int high = i + 2 < raw.length() ? hex(raw.charAt(i + 1)) : -1;
      int low = i + 2 < raw.length() ? hex(raw.charAt(i + 2)) : -1;
      if (high < 0 || low < 0) {
        throw new ControlException(
            ControlException.Kind.BAD_REQUEST,
            what + " is malformed: a '%' must be followed by two hexadecimal digits");
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new ControlException(
          ControlException.Kind.BAD_REQUEST, what + " is not UTF-8 when percent-decoded", e);
    }
  }

  /** ASCII digits only, unlike {@link Character#digit}. */
  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
