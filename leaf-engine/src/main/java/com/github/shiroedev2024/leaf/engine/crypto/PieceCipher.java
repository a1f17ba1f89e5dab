package com.github.shiroedev2024.leaf.engine.crypto;

import javax.crypto.AEADBadTagException;

/** Seals, or opens, pieces under a key. Not safe for use by several threads at once. */
interface PieceCipher {
  /** Goes on with this key, which is copied. */
  void key(byte[] key);

  /**
   * Seals or opens one piece.
   *
   * @param nonce the piece's own, 12 bytes; not kept
   * @param length bytes; including the tag where it opens
   * @return the bytes written to {@code out}; including the tag where it seals
   * @throws AEADBadTagException when an opened piece is not what was sealed
   */
  int run(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
      throws AEADBadTagException;
}
