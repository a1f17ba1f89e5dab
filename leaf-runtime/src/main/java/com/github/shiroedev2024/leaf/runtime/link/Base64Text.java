package com.github.shiroedev2024.leaf.runtime.link;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Text in Base64 as links and subscriptions write it: either alphabet (RFC 4648 sections 4 and 5),
 * padding or none, white space anywhere.
 */
final class Base64Text {
  private Base64Text() {}

  /** The UTF-8 text, or null when this is no Base64 of any. */
  static @Nullable String decode(String encoded) {
    StringBuilder plain = new StringBuilder(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '-') {
        plain.append('+');
      } else if (c == '_') {
        plain.append('/');
      } else if (c != '=' && !Character.isWhitespace(c)) {
        plain.append(c);
      }
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(plain.toString());
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return null; // the caller knows what it was to be, and says so
    }
  }
}
