package com.github.shiroedev2024.leaf.engine.crypto;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** By one of the JDK's ciphers, which is used again for every piece. */
final class JdkPieces implements PieceCipher {
  private final Cipher cipher;
  private final String algorithm;
  private final boolean galois;
  private final int mode;
  private @Nullable SecretKeySpec key;

  JdkPieces(String transformation, String algorithm, boolean sealing) {
    try {
      this.cipher = Cipher.getInstance(transformation);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + transformation, e);
    }
    this.algorithm = algorithm;
    this.galois = algorithm.equals("AES");
    this.mode = sealing ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
  }

  @Override
  public void key(byte[] other) {
    key = new SecretKeySpec(other, algorithm);
  }

  @Override
  public int run(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException {
    AlgorithmParameterSpec parameters =
        galois ? new GCMParameterSpec(AeadMethod.TAG_BYTES * 8, nonce) : new IvParameterSpec(nonce);
    try {
      cipher.init(mode, key, parameters);
      return cipher.doFinal(in, inOffset, length, out, outOffset);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(cipher.getAlgorithm() + " failed", e);
    }
  }
}
