package com.github.shiroedev2024.leaf.sdk.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Reads bodies whole, within bounds of size and time. */
public final class BodyReader {
  /** Some 200,000 connections; more is no answer of a local runtime. */
  private static final int LARGEST = 128 << 20;

  private final long deadline;

  /** Measures from now. */
  public BodyReader(Duration timeout) {
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  /**
   * All that is left.
   *
   * @throws SocketTimeoutException the time is over though bytes still come
   */
  public byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[16 << 10];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      out.write(piece, 0, n);
      if (out.size() > LARGEST) {
        throw new IOException("the answer is larger than " + LARGEST + " bytes");
      }
      if (System.nanoTime() - deadline > 0) {
        throw new SocketTimeoutException("the answer is too slow");
      }
    }
    return out.toByteArray();
  }
}
