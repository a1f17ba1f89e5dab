package com.github.shiroedev2024.leaf.engine.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Keys from passwords as OpenSSL's {@code EVP_BytesToKey} makes them with MD5, one round and no
 * salt: the digests D1 = MD5(password), D2 = MD5(D1 + password), … in a row. It is what Shadowsocks
 * uses; no protocol of ours should choose it.
 */
public final class PasswordKey {
  private PasswordKey() {}

  /** A key of so many bytes. */
  public static byte[] derive(String password, int bytes) {
    MessageDigest md5;
    try {
      md5 = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5", e);
    }
    byte[] secret = password.getBytes(UTF_8);
    byte[] key = new byte[bytes];
    byte[] digest = {};
    for (int filled = 0; filled < bytes; filled += digest.length) {
      md5.update(digest);
      digest = md5.digest(secret);
      System.arraycopy(digest, 0, key, filled, Math.min(digest.length, bytes - filled));
    }
    return key;
  }
}
