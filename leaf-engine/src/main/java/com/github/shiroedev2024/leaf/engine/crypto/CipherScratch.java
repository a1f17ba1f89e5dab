package com.github.shiroedev2024.leaf.engine.crypto;

import io.netty.util.concurrent.FastThreadLocal;

/**
 * The two byte arrays that a thread's ciphers work between, so that connections hold none. Their
 * contents mean nothing between calls: whoever fills them is done with them before it passes
 * anything on to another handler, which may use the same arrays.
 */
public final class CipherScratch {
  /** One chunk of a stream with its tag. */
  private static final int STREAM_BYTES = 0x3FFF + AeadMethod.TAG_BYTES;

  /** The largest datagram there is. */
  private static final int DATAGRAM_BYTES = 0xFFFF + AeadMethod.TAG_BYTES;

  // One per event loop, not per connection or outbound: bounded, whatever is configured.
  private static final FastThreadLocal<CipherScratch> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected CipherScratch initialValue() {
          return new CipherScratch();
        }
      };

  private byte[] in = new byte[STREAM_BYTES];
  private byte[] out = new byte[STREAM_BYTES];

  private CipherScratch() {}

  /** The calling thread's own. */
  public static CipherScratch ofThread() {
    return OF_THREAD.get();
  }

  /** Room for a cipher's input of this many bytes, at most one datagram with its tag. */
  public byte[] in(int bytes) {
    if (bytes > in.length) {
      in = new byte[grown(bytes)];
    }
    return in;
  }

  /** Room for a cipher's output of this many bytes, at most one datagram with its tag. */
  public byte[] out(int bytes) {
    if (bytes > out.length) {
      out = new byte[grown(bytes)];
    }
    return out;
  }

  private static int grown(int bytes) {
    if (bytes > DATAGRAM_BYTES) {
      throw new IllegalArgumentException(bytes + " bytes are more than one chunk or datagram");
    }
    return DATAGRAM_BYTES;
  }
}
