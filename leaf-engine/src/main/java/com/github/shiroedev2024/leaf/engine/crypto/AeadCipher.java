package com.github.shiroedev2024.leaf.engine.crypto;

import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * One direction of one key: seals or opens pieces in order, the nonce counting up from zero as a
 * little-endian number. It works between byte arrays, where the JDK's ciphers are two to three
 * times as fast as on direct buffers. Not safe for use by several threads at once.
 */
public final class AeadCipher {
  private final AeadMethod method;
  private final PieceCipher cipher;
  private final byte[] nonce = new byte[AeadMethod.NONCE_BYTES];

  private AeadCipher(AeadMethod method, boolean sealing, byte[] key) {
    this.method = method;
    this.cipher = method.newCipher(sealing);
    cipher.key(method.checked(key));
  }

  /** For sealing. The key is copied. */
  public static AeadCipher sealing(AeadMethod method, byte[] key) {
    return new AeadCipher(method, true, key);
  }

  /** For opening what was sealed. The key is copied. */
  public static AeadCipher opening(AeadMethod method, byte[] key) {
    return new AeadCipher(method, false, key);
  }

  /** Goes on with another key, from nonce zero. */
  public void rekey(byte[] other) {
    cipher.key(method.checked(other));
    Arrays.fill(nonce, (byte) 0);
  }

  /** Goes on from this nonce, the 12 bytes at this place. */
  public void nonce(byte[] from, int at) {
    System.arraycopy(from, at, nonce, 0, nonce.length);
  }

  /**
   * Seals the next piece.
   *
   * @return the bytes written to {@code out}: {@code length} and a tag
   */
  public int seal(byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    try {
      return run(in, inOffset, length, out, outOffset);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens the next piece.
   *
   * @param length bytes including the tag
   * @return the bytes written to {@code out}
   * @throws AEADBadTagException when the piece is not what was sealed with this key and nonce;
   *     nothing of it may be used, and nothing after it can be opened
   */
  public int open(byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException {
    return run(in, inOffset, length, out, outOffset);
  }

  private int run(byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException {
    int written = cipher.run(nonce, in, inOffset, length, out, outOffset);
    for (int i = 0; i < nonce.length && ++nonce[i] == 0; i++) {
      // the carry goes on to the next byte
    }
    return written;
  }
}
