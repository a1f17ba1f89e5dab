package com.github.shiroedev2024.leaf.engine.transport.amux;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The frames of one connection's receiving direction, and how frames are written. Data is passed on
 * as it comes, without waiting for the end of its frame, so that nothing is held or copied here.
 */
final class AmuxFrames {
  /** The most data in one frame, in bytes. */
  static final int MAX_DATA = 0xFFFF;

  /** How many ids there are: 0 to 65535. */
  static final int IDS = 0x10000;

  private static final int STREAM = 1;
  private static final int FIN = 2;
  private static final int STREAM_HEADER = 5;
  private static final int FIN_HEADER = 3;

  /** Who is told of frames. */
  interface Receiver {
    /** Data of a stream, at least one byte; takes ownership. */
    void data(int id, ByteBuf bytes);

    /**
     * The peer's direction of a stream has ended.
     *
     * @param opens whether the frame makes the stream if there is none
     */
    void end(int id, boolean opens);
  }

  /** The bytes are no frames. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(int type) {
      super("unknown frame type " + type, null, false, false);
    }
  }

  private final byte[] header = new byte[STREAM_HEADER];
  private int filled;
  private int id;
  private int left;

  /**
   * Takes the next bytes off the connection; takes ownership.
   *
   * @throws MalformedException at a type that does not exist; nothing must be read after that
   */
  void read(ByteBuf bytes, Receiver receiver) throws MalformedException {
    try {
      while (bytes.isReadable()) {
        if (left > 0) {
          int n = Math.min(left, bytes.readableBytes());
          left -= n;
          receiver.data(id, bytes.readRetainedSlice(n));
        } else {
          header(bytes.readByte(), receiver);
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void header(byte next, Receiver receiver) throws MalformedException {
    header[filled++] = next;
    if (filled == 1 && next != STREAM && next != FIN) {
      throw new MalformedException(next & 0xff);
    }
    if (header[0] == FIN && filled == FIN_HEADER) {
      filled = 0;
      receiver.end(number(1), false);
    } else if (filled == STREAM_HEADER) {
      filled = 0;
      id = number(1);
      left = number(3);
      if (left == 0) {
        receiver.end(id, true);
      }
    }
  }

  private int number(int at) {
    return (header[at] & 0xff) << 8 | (header[at + 1] & 0xff);
  }

  /** What goes in front of so much data, 1 to {@link #MAX_DATA}. */
  static ByteBuf stream(ByteBufAllocator alloc, int id, int length) {
    return alloc
        .ioBuffer(STREAM_HEADER, STREAM_HEADER)
        .writeByte(STREAM)
        .writeShort(id)
        .writeShort(length);
  }

  static ByteBuf fin(ByteBufAllocator alloc, int id) {
    return alloc.ioBuffer(FIN_HEADER, FIN_HEADER).writeByte(FIN).writeShort(id);
  }
}
