package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a password looks like on the wire. */
final class TrojanKey {
  /** Two hex digits for each byte of a SHA-224. */
  static final int BYTES = 56;

  private TrojanKey() {}

  /** The lower-case hex digits of the password's SHA-224, in ASCII. */
  static byte[] of(String password) {
    byte[] digest = digest("SHA-224").digest(password.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest).getBytes(US_ASCII);
  }

  /** Whether a key may hold this byte. */
  static boolean holds(byte b) {
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
  }

  /** A digest that every Java platform has. */
  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
