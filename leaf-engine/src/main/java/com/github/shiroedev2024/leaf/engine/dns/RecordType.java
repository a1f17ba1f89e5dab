package com.github.shiroedev2024.leaf.engine.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The two kinds of address record, one for each address family. */
enum RecordType {
  A(1, 4),
  AAAA(28, 16);

  private final int code;
  private final int length;

  RecordType(int code, int length) {
    this.code = code;
    this.length = length;
  }

  /** The TYPE value on the wire (RFC 1035, RFC 3596). */
  int code() {
    return code;
  }

  /** Bytes of the address. */
  int length() {
    return length;
  }

  /** The type of this TYPE value, or null. */
  static @Nullable RecordType of(int code) {
    return code == A.code ? A : code == AAAA.code ? AAAA : null;
  }

  static RecordType of(InetAddress address) {
    return address instanceof Inet6Address ? AAAA : A;
  }
}
