package com.github.shiroedev2024.leaf.engine.crypto;

import com.github.shiroedev2024.leaf.engine.os.NativeChaCha20;
import javax.crypto.AEADBadTagException;

/** ChaCha20-Poly1305 by the system's library. */
final class NativePieces implements PieceCipher {
  private final boolean sealing;
  private byte[] key = {};

  NativePieces(boolean sealing) {
    this.sealing = sealing;
  }

  @Override
  public void key(byte[] other) {
    key = other.clone();
  }

  @Override
  public int run(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException {
    if (sealing) {
      NativeChaCha20.seal(key, nonce, in, inOffset, length, out, outOffset);
      return length + AeadMethod.TAG_BYTES;
    }
    if (!NativeChaCha20.open(key, nonce, in, inOffset, length, out, outOffset)) {
      throw new AEADBadTagException("the tag is another");
    }
    return length - AeadMethod.TAG_BYTES;
  }
}
