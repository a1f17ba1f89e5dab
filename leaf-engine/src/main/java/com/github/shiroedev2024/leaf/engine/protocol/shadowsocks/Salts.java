package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import java.security.SecureRandom;

/** New salts: random, but for the bytes a configured prefix puts in front. Safe from any thread. */
final class Salts {
  private final SecureRandom random;
  private final byte[] prefix;

  /**
   * @param prefix the first bytes of each stream's salt; not longer than a salt
   */
  Salts(SecureRandom random, byte[] prefix) {
    this.random = random;
    this.prefix = prefix.clone();
  }

  /** The salt of a stream. */
  byte[] forStream(int bytes) {
    byte[] salt = forDatagram(bytes);
    System.arraycopy(prefix, 0, salt, 0, prefix.length);
    return salt;
  }

  /** The salt of a datagram, which has no prefix. */
  byte[] forDatagram(int bytes) {
    byte[] salt = new byte[bytes];
    random.nextBytes(salt);
    return salt;
  }

  /** Random numbers for other uses: session ids, nonces, lengths. */
  SecureRandom random() {
    return random;
  }
}
