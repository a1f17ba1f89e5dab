package com.github.shiroedev2024.leaf.engine.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers the head of an HTTP/1.1 message from pieces cut anywhere, for one head. */
public final class HeadReader {
  /** The most a head may have, in bytes: enough for the early data that fits a request. */
  public static final int MAX_BYTES = 32 * 1024;

  private byte[] bytes = new byte[512];
  private int length;
  private int inLine;

  /**
   * Reads up to the end of the head and no further; the piece stays the caller's.
   *
   * @return the head, or null when more is needed
   * @throws HeadFormatException when it is none, or too long
   */
  public @Nullable Head read(ByteBuf piece) throws HeadFormatException {
    while (piece.isReadable()) {
      if (length == MAX_BYTES) {
        throw new HeadFormatException("is longer than " + MAX_BYTES + " bytes");
      }
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, 2 * length));
      }
      byte next = piece.readByte();
      bytes[length++] = next;
      if (next == '\n') {
        if (inLine == 0) {
          return Head.parse(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }
        inLine = 0;
      } else if (next != '\r') {
        inLine++;
      }
    }
    return null;
  }
}
