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
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-224");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // the JDK has it
    }
    return HexFormat.of().formatHex(digest.digest(password.getBytes(UTF_8))).getBytes(US_ASCII);
  }

  /** Whether a key may hold this byte. */
  static boolean holds(byte b) {
    return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
  }
}
