package com.github.shiroedev2024.leaf.engine.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The bare AES permutation of single 16-byte blocks, for headers that hold nothing twice. Not safe
 * for use by several threads at once.
 */
public final class AesBlock {
  /** Bytes. */
  public static final int BYTES = 16;

  private final Cipher cipher;

  private AesBlock(int mode, byte[] key) {
    try {
      cipher = Cipher.getInstance("AES/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES for " + key.length + " bytes", e);
    }
  }

  /**
   * For encrypting.
   *
   * @param key of 16, 24 or 32 bytes; copied
   */
  public static AesBlock encrypting(byte[] key) {
    return new AesBlock(Cipher.ENCRYPT_MODE, key);
  }

  /**
   * For decrypting.
   *
   * @param key of 16, 24 or 32 bytes; copied
   */
  public static AesBlock decrypting(byte[] key) {
    return new AesBlock(Cipher.DECRYPT_MODE, key);
  }

  /** Turns the block at one place into the one at another, which may be the same. */
  public void run(byte[] in, int inOffset, byte[] out, int outOffset) {
    try {
      cipher.doFinal(in, inOffset, BYTES, out, outOffset);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES failed on one block", e);
    }
  }
}
