package com.github.shiroedev2024.leaf.engine.crypto;

import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * XChaCha20-Poly1305: ChaCha20-Poly1305 under a subkey that HChaCha20 makes of the key and the
 * first 16 of the 24 nonce bytes, so that nonces may be random. Not safe for use by several threads
 * at once.
 *
 * @see <a
 *     href="https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-xchacha-03">draft-irtf-cfrg-xchacha-03,
 *     section 2</a>
 */
public final class XChaCha20 {
  /** Bytes. */
  public static final int NONCE_BYTES = 24;

  private static final int KEY_BYTES = 32;
  private static final int HCHACHA_NONCE = 16;

  /** "expand 32-byte k". */
  private static final int[] CONSTANT = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

  private final int[] key = new int[8];
  private final byte[] subkey = new byte[KEY_BYTES];
  private final byte[] innerNonce = new byte[AeadMethod.NONCE_BYTES];
  private final AeadCipher cipher;

  private XChaCha20(byte[] key, boolean sealing) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("XChaCha20 takes a key of 32 bytes, not " + key.length);
    }
    for (int i = 0; i < this.key.length; i++) {
      this.key[i] = word(key, 4 * i);
    }
    AeadMethod inner = AeadMethod.CHACHA20_POLY1305;
    this.cipher = sealing ? AeadCipher.sealing(inner, subkey) : AeadCipher.opening(inner, subkey);
  }

  /** For sealing. The key is copied. */
  public static XChaCha20 sealing(byte[] key) {
    return new XChaCha20(key, true);
  }

  /** For opening what was sealed. The key is copied. */
  public static XChaCha20 opening(byte[] key) {
    return new XChaCha20(key, false);
  }

  /**
   * Seals one message.
   *
   * @param nonce 24 bytes that no other message under this key has
   * @return the bytes written to {@code out}: {@code length} and a tag
   */
  public int seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    nonce(nonce);
    return cipher.seal(in, inOffset, length, out, outOffset);
  }

  /**
   * Opens one message.
   *
   * @param nonce the 24 bytes it was sealed with
   * @param length bytes including the tag
   * @return the bytes written to {@code out}
   * @throws AEADBadTagException when it is not what was sealed; nothing of it may be used
   */
  public int open(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException {
    nonce(nonce);
    return cipher.open(in, inOffset, length, out, outOffset);
  }

  private void nonce(byte[] nonce) {
    hchacha20(nonce, subkey);
    cipher.rekey(subkey);
    Arrays.fill(innerNonce, 0, 4, (byte) 0);
    System.arraycopy(nonce, HCHACHA_NONCE, innerNonce, 4, NONCE_BYTES - HCHACHA_NONCE);
    cipher.nonce(innerNonce, 0);
  }

  /** The subkey of the nonce's first 16 bytes: twenty rounds of ChaCha20 without the last sum. */
  void hchacha20(byte[] nonce, byte[] into) {
    int[] s = new int[16];
    System.arraycopy(CONSTANT, 0, s, 0, 4);
    System.arraycopy(key, 0, s, 4, 8);
    for (int i = 0; i < 4; i++) {
      s[12 + i] = word(nonce, 4 * i);
    }
    for (int round = 0; round < 20; round += 2) {
      quarter(s, 0, 4, 8, 12);
      quarter(s, 1, 5, 9, 13);
      quarter(s, 2, 6, 10, 14);
      quarter(s, 3, 7, 11, 15);
      quarter(s, 0, 5, 10, 15);
      quarter(s, 1, 6, 11, 12);
      quarter(s, 2, 7, 8, 13);
      quarter(s, 3, 4, 9, 14);
    }
    for (int i = 0; i < 4; i++) {
      word(s[i], into, 4 * i);
      word(s[12 + i], into, 16 + 4 * i);
    }
  }

  private static void quarter(int[] s, int a, int b, int c, int d) {
    s[a] += s[b];
    s[d] = Integer.rotateLeft(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = Integer.rotateLeft(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = Integer.rotateLeft(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = Integer.rotateLeft(s[b] ^ s[c], 7);
  }

  private static int word(byte[] from, int at) {
    return (from[at] & 0xff)
        | (from[at + 1] & 0xff) << 8
        | (from[at + 2] & 0xff) << 16
        | (from[at + 3] & 0xff) << 24;
  }

  private static void word(int value, byte[] into, int at) {
    for (int i = 0; i < 4; i++) {
      into[at + i] = (byte) (value >>> (8 * i));
    }
  }
}
