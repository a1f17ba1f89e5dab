package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What configurations call a method: a cipher and the edition of the protocol around it. */
enum ShadowsocksMethod {
  AES_128_GCM(AeadMethod.AES_128_GCM),
  AES_256_GCM(AeadMethod.AES_256_GCM),
  CHACHA20_POLY1305(AeadMethod.CHACHA20_POLY1305),
  BLAKE3_AES_128_GCM("2022-blake3-aes-128-gcm", AeadMethod.AES_128_GCM),
  BLAKE3_AES_256_GCM("2022-blake3-aes-256-gcm", AeadMethod.AES_256_GCM),
  BLAKE3_CHACHA20_POLY1305("2022-blake3-chacha20-poly1305", AeadMethod.CHACHA20_POLY1305);

  /** All words, for messages and documentation. */
  static final String WORDS =
      Arrays.stream(values()).map(ShadowsocksMethod::word).collect(Collectors.joining(", "));

  private final String word;
  private final AeadMethod cipher;
  private final boolean edition2022;

  ShadowsocksMethod(AeadMethod cipher) {
    this.word = cipher.word();
    this.cipher = cipher;
    this.edition2022 = false;
  }

  ShadowsocksMethod(String word, AeadMethod cipher) {
    this.word = word;
    this.cipher = cipher;
    this.edition2022 = true;
  }

  /** The method of this exact name, or null. */
  static @Nullable ShadowsocksMethod of(String word) {
    for (ShadowsocksMethod method : values()) {
      if (method.word.equals(word) || (!method.edition2022 && method.cipher.is(word))) {
        return method;
      }
    }
    return null;
  }

  String word() {
    return word;
  }

  AeadMethod cipher() {
    return cipher;
  }

  /** The length of a key, and of a salt, in bytes. */
  int keyBytes() {
    return cipher.keyBytes();
  }

  /** Whether it is one of SIP022, which take keys instead of passwords. */
  boolean is2022() {
    return edition2022;
  }

  /** Whether it can tell users apart by identity headers (SIP023), which need a block cipher. */
  boolean hasUsers() {
    return edition2022 && cipher != AeadMethod.CHACHA20_POLY1305;
  }
}
