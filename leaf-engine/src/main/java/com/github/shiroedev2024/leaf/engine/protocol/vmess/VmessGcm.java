package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-128-GCM over one small piece with a key of its own: the sealed parts of the headers. */
final class VmessGcm {
  static final int TAG_BYTES = 16;
  static final int NONCE_BYTES = 12;

  /** No associated data. */
  static final byte[] NOTHING = {};

  private VmessGcm() {}

  static byte[] seal(byte[] key, byte[] nonce, byte[] plain, byte[] associated) {
    try {
      return run(Cipher.ENCRYPT_MODE, key, nonce, plain, associated);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
  }

  /**
   * Opens a piece.
   *
   * @throws AEADBadTagException when it was not sealed with these
   */
  static byte[] open(byte[] key, byte[] nonce, byte[] sealed, byte[] associated)
      throws AEADBadTagException {
    try {
      return run(Cipher.DECRYPT_MODE, key, nonce, sealed, associated);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening failed", e);
    }
  }

  static byte[] open(byte[] key, byte[] nonce, byte[] sealed) throws AEADBadTagException {
    return open(key, nonce, sealed, NOTHING);
  }

  private static byte[] run(int mode, byte[] key, byte[] nonce, byte[] in, byte[] associated)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * 8, nonce));
    cipher.updateAAD(associated);
    return cipher.doFinal(in);
  }
}
