package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import io.netty.buffer.ByteBuf;
import javax.crypto.AEADBadTagException;

/**
 * The header of a response, read by the client from pieces cut anywhere: the request's answer byte,
 * options, and a command for the client that is not followed.
 */
final class VmessAnswer {
  private final VmessKeys keys;
  private final int answer;
  private byte[] part = new byte[VmessHeader.LENGTH_BYTES];
  private int filled;
  private boolean lengthKnown;
  private boolean complete;

  /**
   * @param keys of the response
   * @param answer the byte it must begin with
   */
  VmessAnswer(VmessKeys keys, int answer) {
    this.keys = keys;
    this.answer = answer;
  }

  /** The header that a server sends, sealed. */
  static byte[] sealed(VmessKeys keys, int answer) {
    return VmessHeader.sealResponse(keys, new byte[] {(byte) answer, 0, 0, 0});
  }

  boolean complete() {
    return complete;
  }

  /** Whether nothing of it has come yet. */
  boolean untouched() {
    return filled == 0 && !lengthKnown;
  }

  /**
   * Takes what belongs to the header off the piece.
   *
   * @throws AEADBadTagException when the server does not have the same keys
   */
  void read(ByteBuf piece) throws AEADBadTagException {
    while (!complete && piece.isReadable()) {
      int n = Math.min(piece.readableBytes(), part.length - filled);
      piece.readBytes(part, filled, n);
      filled += n;
      if (filled < part.length) {
        return;
      }
      filled = 0;
      if (!lengthKnown) {
        int length = VmessHeader.openResponseLength(keys, part);
        if (length < 4) {
          throw new AEADBadTagException("a response header of " + length + " bytes");
        }
        lengthKnown = true;
        part = new byte[length + VmessGcm.TAG_BYTES];
      } else {
        byte[] header = VmessHeader.openResponse(keys, part);
        if ((header[0] & 0xFF) != answer) {
          throw new AEADBadTagException("the answer is to another request");
        }
        complete = true;
        part = new byte[0];
      }
    }
  }
}
