package com.github.shiroedev2024.leaf.engine.crypto;

import io.netty.buffer.ByteBuf;

/**
 * Seals a stream as chunks, each a sealed big-endian length (2 + 16 bytes) and the sealed payload
 * (length + 16 bytes), under one counting nonce.
 */
public final class AeadChunkWriter {
  private static final int LENGTH_BYTES = 2;

  /** What a chunk takes beside its payload, in bytes. */
  public static final int OVERHEAD = LENGTH_BYTES + 2 * AeadMethod.TAG_BYTES;

  private final AeadCipher cipher;
  private final int maxPayload;

  /**
   * @param maxPayload the most a chunk may carry, up to 65535 bytes
   */
  public AeadChunkWriter(AeadCipher cipher, int maxPayload) {
    this.cipher = cipher;
    this.maxPayload = maxPayload;
  }

  /** What so many payload bytes take when sealed into as few chunks as possible. */
  public int sealedLength(int payload) {
    int chunks = (payload + maxPayload - 1) / maxPayload;
    return payload + chunks * OVERHEAD;
  }

  /**
   * Takes {@code payload} bytes off the source and appends them sealed, in full chunks but for the
   * last.
   */
  public void seal(Source source, int payload, ByteBuf out) {
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] plain = scratch.in(maxPayload);
    byte[] sealed = scratch.out(maxPayload + AeadMethod.TAG_BYTES);
    for (int left = payload; left > 0; ) {
      int length = Math.min(left, maxPayload);
      plain[0] = (byte) (length >>> 8);
      plain[1] = (byte) length;
      out.writeBytes(sealed, 0, cipher.seal(plain, 0, LENGTH_BYTES, sealed, 0));
      source.take(plain, 0, length);
      out.writeBytes(sealed, 0, cipher.seal(plain, 0, length, sealed, 0));
      left -= length;
    }
  }

  /** Where the bytes come from. */
  @FunctionalInterface
  public interface Source {
    /** Moves exactly {@code length} bytes to this place of the array. */
    void take(byte[] into, int at, int length);
  }
}
