package com.github.shiroedev2024.leaf.engine.dns;

import java.net.IDN;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a server is asked.
 *
 * @param name as {@link #normal} gives it
 */
record Question(String name, RecordType type) {
  /** RFC 1035 section 2.3.4: 255 bytes on the wire, which is 253 characters with dots. */
  private static final int MAX_NAME = 253;

  private static final int MAX_LABEL = 63;

  /**
   * The name in lower case, ASCII (international names in their xn-- form), without a last dot;
   * null when no server could be asked for it.
   */
  static @Nullable String normal(String name) {
    if (name.length() > MAX_NAME + 1) {
      return null; // the conversion fails otherwise than it says on much longer ones
    }
    String ascii = name;
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 128) {
        try {
          ascii = IDN.toASCII(name);
        } catch (IllegalArgumentException e) {
          return null;
        }
        break;
      }
    }
    if (ascii.endsWith(".")) {
      ascii = ascii.substring(0, ascii.length() - 1);
    }
    if (ascii.isEmpty() || ascii.length() > MAX_NAME) {
      return null;
    }
    int label = 0;
    for (int i = 0; i < ascii.length(); i++) {
      char c = ascii.charAt(i);
      if (c == '.') {
        if (label == 0) {
          return null;
        }
        label = 0;
      } else if (c <= ' ' || c >= 127 || ++label > MAX_LABEL) {
        return null;
      }
    }
    return label == 0 ? null : ascii.toLowerCase(Locale.ROOT);
  }
}
