package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.crypto.PasswordKey;

/** The key that a method and a password give, and the subkeys of each stream and datagram. */
final class ShadowsocksKey {
  private static final byte[] INFO = "ss-subkey".getBytes(US_ASCII);

  private final AeadMethod method;
  private final byte[] key;

  ShadowsocksKey(AeadMethod method, String password) {
    this.method = method;
    this.key = PasswordKey.derive(password, method.keyBytes());
  }

  AeadMethod method() {
    return method;
  }

  /** The length of a salt in bytes. */
  int saltBytes() {
    return method.keyBytes();
  }

  byte[] subkey(HkdfSha1 hkdf, byte[] salt) {
    return hkdf.derive(key, salt, INFO, method.keyBytes());
  }
}
