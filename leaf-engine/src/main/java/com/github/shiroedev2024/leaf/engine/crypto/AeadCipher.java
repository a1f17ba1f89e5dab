package com.github.shiroedev2024.leaf.engine.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * One direction of one key: seals or opens pieces in order, the nonce counting up from zero as a
 * little-endian number. It works between byte arrays, where the JDK's ciphers are two to three
 * times as fast as on direct buffers. Not safe for use by several threads at once.
 */
public final class AeadCipher {
  private final AeadMethod method;
  private final int mode;
  private final Cipher cipher;
  private final byte[] nonce = new byte[AeadMethod.NONCE_BYTES];
  private SecretKeySpec key;

  private AeadCipher(AeadMethod method, int mode, byte[] key) {
    this.method = method;
    this.mode = mode;
    this.key = method.key(key);
    try {
      this.cipher = method.newCipher();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + method.word(), e);
    }
  }

  /** For sealing. The key is copied. */
  public static AeadCipher sealing(AeadMethod method, byte[] key) {
    return new AeadCipher(method, Cipher.ENCRYPT_MODE, key);
  }

  /** For opening what was sealed. The key is copied. */
  public static AeadCipher opening(AeadMethod method, byte[] key) {
    return new AeadCipher(method, Cipher.DECRYPT_MODE, key);
  }

  /** Goes on with another key, from nonce zero. */
  public void rekey(byte[] other) {
    key = method.key(other);
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
    } catch (GeneralSecurityException e) {
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
    try {
      return run(in, inOffset, length, out, outOffset);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
  }

  private int run(byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws GeneralSecurityException {
    cipher.init(mode, key, method.nonce(nonce));
    int written = cipher.doFinal(in, inOffset, length, out, outOffset);
    for (int i = 0; i < nonce.length && ++nonce[i] == 0; i++) {
      // the carry goes on to the next byte
    }
    return written;
  }
}
