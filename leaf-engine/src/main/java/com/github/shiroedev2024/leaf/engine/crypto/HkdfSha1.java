package com.github.shiroedev2024.leaf.engine.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF (RFC 5869) over HMAC-SHA1, which the JDK's own key derivation leaves out. One object is used
 * again and again by one thread; making one costs a provider look-up.
 */
public final class HkdfSha1 {
  private static final String HMAC = "HmacSHA1";
  private static final int DIGEST_BYTES = 20;

  private final Mac mac;

  public HkdfSha1() {
    try {
      mac = Mac.getInstance(HMAC);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + HMAC, e);
    }
  }

  /**
   * Extracts and expands.
   *
   * @param secret the input keying material
   * @param salt at least one byte
   * @param bytes the length of the result, at most 255 digests of 20 bytes
   */
  public byte[] derive(byte[] secret, byte[] salt, byte[] info, int bytes) {
    if (bytes > 255 * DIGEST_BYTES) {
      throw new IllegalArgumentException(bytes + " bytes are more than HKDF-SHA1 can give");
    }
    byte[] derived = new byte[bytes];
    key(salt);
    key(mac.doFinal(secret));
    byte[] block = {};
    for (int i = 1, filled = 0; filled < bytes; i++, filled += DIGEST_BYTES) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) i);
      block = mac.doFinal();
      System.arraycopy(block, 0, derived, filled, Math.min(DIGEST_BYTES, bytes - filled));
    }
    Arrays.fill(block, (byte) 0);
    return derived;
  }

  private void key(byte[] key) {
    try {
      mac.init(new SecretKeySpec(key, HMAC));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("an HMAC key was refused", e);
    }
  }
}
