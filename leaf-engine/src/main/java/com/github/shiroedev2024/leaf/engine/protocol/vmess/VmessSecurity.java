package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.net.Network;
import org.jspecify.annotations.Nullable;

/** How the body is protected, and in what form. */
enum VmessSecurity {
  AES_128_GCM(3, AeadMethod.AES_128_GCM, "auto", "aes-128-gcm"),
  CHACHA20_POLY1305(4, AeadMethod.CHACHA20_POLY1305, "chacha20-poly1305", "chacha20-ietf-poly1305"),
  /** Masked lengths, plain payload. */
  NONE(5, null, "none", "none"),
  /** Streams go as they are, without chunks. */
  ZERO(5, null, "zero", "zero");

  static final String WORDS = "auto, aes-128-gcm, chacha20-poly1305, none, zero";

  private final int code;
  private final @Nullable AeadMethod method;
  private final String word;
  private final String alias;

  VmessSecurity(int code, @Nullable AeadMethod method, String word, String alias) {
    this.code = code;
    this.method = method;
    this.word = word;
    this.alias = alias;
  }

  /** The one of this exact name, or null. */
  static @Nullable VmessSecurity of(String word) {
    for (VmessSecurity security : values()) {
      if (security.word.equals(word) || security.alias.equals(word)) {
        return security;
      }
    }
    return null;
  }

  /** What a client asks for. */
  VmessBody body(Network network) {
    int options =
        method != null
            ? VmessBody.CHUNKS | VmessBody.MASKING | VmessBody.PADDING
            : this == ZERO && network == Network.TCP ? 0 : VmessBody.CHUNKS | VmessBody.MASKING;
    return new VmessBody(options, code);
  }

  /** Loads what its pieces are sealed by, see {@link AeadMethod#load}. */
  void load() {
    if (method != null) {
      method.load();
    }
  }

  /** The cipher of this code in a request, null for none. */
  static @Nullable AeadMethod method(int code) {
    return code == AES_128_GCM.code
        ? AES_128_GCM.method
        : code == CHACHA20_POLY1305.code ? CHACHA20_POLY1305.method : null;
  }

  /** Whether a request may name this code. */
  static boolean known(int code) {
    return code == AES_128_GCM.code || code == CHACHA20_POLY1305.code || code == NONE.code;
  }
}
