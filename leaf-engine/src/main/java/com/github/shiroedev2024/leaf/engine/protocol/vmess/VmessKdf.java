package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key derivation of VMess AEAD: HMACs in each other. The hash of each one is the HMAC before
 * it, the innermost hash is HMAC-SHA256 keyed with a fixed text; the key of each is one element of
 * a path. One object serves one thread, again and again.
 */
final class VmessKdf {
  /** The block size that every HMAC of the nest is given, in bytes: that of SHA-256. */
  private static final int BLOCK = 64;

  static final byte[] AUTH_ID = text("AES Auth ID Encryption");
  static final byte[] LENGTH_KEY = text("VMess Header AEAD Key_Length");
  static final byte[] LENGTH_NONCE = text("VMess Header AEAD Nonce_Length");
  static final byte[] HEADER_KEY = text("VMess Header AEAD Key");
  static final byte[] HEADER_NONCE = text("VMess Header AEAD Nonce");
  static final byte[] RESPONSE_LENGTH_KEY = text("AEAD Resp Header Len Key");
  static final byte[] RESPONSE_LENGTH_NONCE = text("AEAD Resp Header Len IV");
  static final byte[] RESPONSE_KEY = text("AEAD Resp Header Key");
  static final byte[] RESPONSE_NONCE = text("AEAD Resp Header IV");
  static final byte[] AUTHENTICATED_LENGTH = text("auth_len");

  private final Mac innermost;

  VmessKdf() {
    try {
      innermost = Mac.getInstance("HmacSHA256");
      innermost.init(new SecretKeySpec(text("VMess AEAD KDF"), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HmacSHA256", e);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(US_ASCII);
  }

  /** The first bytes of what the key gives along the path; each element has 64 bytes at most. */
  byte[] derive(int bytes, byte[] key, byte[]... path) {
    return Arrays.copyOf(nested(path.length, path, key), bytes);
  }

  /** The hash at this depth of the nest over the parts in a row. */
  private byte[] nested(int depth, byte[][] path, byte[]... parts) {
    if (depth == 0) {
      for (byte[] part : parts) {
        innermost.update(part);
      }
      return innermost.doFinal();
    }
    byte[] key = path[depth - 1];
    byte[][] inner = new byte[parts.length + 1][];
    inner[0] = padded(key, 0x36);
    System.arraycopy(parts, 0, inner, 1, parts.length);
    return nested(depth - 1, path, padded(key, 0x5C), nested(depth - 1, path, inner));
  }

  private static byte[] padded(byte[] key, int with) {
    byte[] block = Arrays.copyOf(key, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      block[i] ^= (byte) with;
    }
    return block;
  }
}
