package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Key and nonce base of one direction of a body. */
final class VmessKeys {
  /** The length of either. */
  static final int BYTES = 16;

  private final byte[] key;
  private final byte[] iv;
  private final @Nullable VmessKeys request;

  VmessKeys(byte[] key, byte[] iv) {
    this(key, iv, null);
  }

  private VmessKeys(byte[] key, byte[] iv, @Nullable VmessKeys request) {
    this.key = key;
    this.iv = iv;
    this.request = request;
  }

  byte[] key() {
    return key;
  }

  byte[] iv() {
    return iv;
  }

  /** Those that authenticated sizes go by: the request's, in both directions. */
  VmessKeys ofSizes() {
    return request == null ? this : request;
  }

  /** New ones. */
  static VmessKeys random(RandomGenerator random) {
    VmessKeys keys = new VmessKeys(new byte[BYTES], new byte[BYTES]);
    random.nextBytes(keys.key);
    random.nextBytes(keys.iv);
    return keys;
  }

  /** Those of the answer to what these are of. */
  VmessKeys response() {
    MessageDigest sha256 = VmessId.digest("SHA-256");
    return new VmessKeys(
        Arrays.copyOf(sha256.digest(key), BYTES), Arrays.copyOf(sha256.digest(iv), BYTES), this);
  }
}
