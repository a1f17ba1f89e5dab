package com.github.shiroedev2024.leaf.engine.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds whom a secret in a request belongs to. Filled before use, then read from any thread.
 *
 * <p>Secrets are looked up by their digest under a random value of this object's own. However long
 * a comparison takes, a prober learns of that digest only, which it can neither predict nor use.
 */
public final class SecretTable<T> {
  private static final int RANDOM_BYTES = 32;

  private final byte[] random = new byte[RANDOM_BYTES];
  private final int length;
  private final Map<ByteBuffer, T> byDigest = new HashMap<>();

  /**
   * @param length of every secret, in bytes
   */
  public SecretTable(int length) {
    this.length = length;
    new SecureRandom().nextBytes(random);
  }

  public void put(byte[] secret, T owner) {
    byDigest.put(digest(ByteBuffer.wrap(secret)), owner);
  }

  /** The owner of the secret at this index of the buffer, which must hold it whole; or null. */
  public @Nullable T find(ByteBuf in, int index) {
    return byDigest.get(digest(in.nioBuffer(index, length)));
  }

  private ByteBuffer digest(ByteBuffer secret) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
    digest.update(random);
    digest.update(secret);
    return ByteBuffer.wrap(digest.digest());
  }
}
