package com.github.shiroedev2024.leaf.engine.crypto;

import com.github.shiroedev2024.leaf.engine.os.NativeChaCha20;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated ciphers, by the names configurations use. All take a 96-bit nonce and make a
 * 128-bit tag.
 */
public enum AeadMethod {
  AES_128_GCM(16, "AES/GCM/NoPadding", "AES", "aes-128-gcm", "aes-128-gcm"),
  AES_256_GCM(32, "AES/GCM/NoPadding", "AES", "aes-256-gcm", "aes-256-gcm"),
  /** RFC 8439. */
  CHACHA20_POLY1305(
      32, "ChaCha20-Poly1305", "ChaCha20", "chacha20-ietf-poly1305", "chacha20-poly1305");

  /** Bytes. */
  public static final int NONCE_BYTES = 12;

  /** Bytes that sealing adds. */
  public static final int TAG_BYTES = 16;

  private final int keyBytes;
  private final String transformation;
  private final String algorithm;
  private final String word;
  private final String alias;

  AeadMethod(int keyBytes, String transformation, String algorithm, String word, String alias) {
    this.keyBytes = keyBytes;
    this.transformation = transformation;
    this.algorithm = algorithm;
    this.word = word;
    this.alias = alias;
  }

  /** The method of this exact name, or null. */
  public static @Nullable AeadMethod of(String word) {
    for (AeadMethod method : values()) {
      if (method.is(word)) {
        return method;
      }
    }
    return null;
  }

  /** Whether this is one of its names. */
  public boolean is(String name) {
    return word.equals(name) || alias.equals(name);
  }

  /** The usual name. */
  public String word() {
    return word;
  }

  /** The length of a key in bytes. */
  public int keyBytes() {
    return keyBytes;
  }

  /**
   * Loads what its ciphers are computed by. The first time in a process takes some milliseconds, so
   * a part that needs them calls it when it is built; event loops would wait for it.
   */
  public void load() {
    newCipher(true);
  }

  PieceCipher newCipher(boolean sealing) {
    return this == CHACHA20_POLY1305 && NativeChaCha20.isAvailable()
        ? new NativePieces(sealing)
        : new JdkPieces(transformation, algorithm, sealing);
  }

  byte[] checked(byte[] key) {
    if (key.length != keyBytes) {
      throw new IllegalArgumentException(
          word() + " takes a key of " + keyBytes + " bytes, not " + key.length);
    }
    return key;
  }
}
