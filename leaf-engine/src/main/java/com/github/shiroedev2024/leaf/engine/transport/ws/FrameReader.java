package com.github.shiroedev2024.leaf.engine.transport.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Takes frames apart, from pieces cut anywhere (RFC 6455, section 5). Payload is passed on as it
 * comes, in slices of the pieces; only the payload of control frames, at most 125 bytes, is
 * gathered.
 */
final class FrameReader {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** The most a control frame may carry, in bytes. */
  static final int MAX_CONTROL = 125;

  /** Who is told what comes. */
  interface Receiver {
    /** Payload of a message; owned by the receiver. */
    void payload(ByteBuf bytes);

    /** A whole control frame. Nothing is read after a Close. */
    void control(int opcode, byte[] payload);
  }

  private final boolean masked;
  private final byte[] header = new byte[14];
  private int headerFilled;
  private int headerLength = 2;
  private boolean inPayload;
  private int opcode;
  private boolean messageOpen;
  private int mask;
  private long offset;
  private long left;
  private byte[] control = new byte[0];
  private boolean closed;

  /**
   * @param masked whether frames must be masked, as a client's must, or must not be
   */
  FrameReader(boolean masked) {
    this.masked = masked;
  }

  /** Whether nothing is missing: no frame and no message has begun without having ended. */
  boolean atBoundary() {
    return closed || (headerFilled == 0 && !inPayload && !messageOpen);
  }

  /** Reads no more: what comes is dropped. */
  void close() {
    closed = true;
  }

  /**
   * Reads a piece to its end. Takes ownership of it.
   *
   * @throws FrameException when it breaks the rules; what came before has been passed on, and no
   *     more may be read
   */
  void read(ByteBuf piece, ByteBufAllocator alloc, Receiver receiver) throws FrameException {
    ByteBuf in = piece;
    if (masked && in.isReadOnly()) {
      in = alloc.directBuffer(piece.readableBytes()).writeBytes(piece);
      piece.release();
    }
    try {
      while (!closed && (in.isReadable() || (inPayload && left == 0))) {
        if (!inPayload) {
          readHeader(in);
        } else if (opcode >= CLOSE) {
          readControl(in, receiver);
        } else {
          readPayload(in, receiver);
        }
      }
    } finally {
      in.release();
    }
  }

  private void readHeader(ByteBuf in) throws FrameException {
    int n = Math.min(headerLength - headerFilled, in.readableBytes());
    in.readBytes(header, headerFilled, n);
    headerFilled += n;
    if (headerFilled < headerLength) {
      return;
    }
    if (headerLength == 2) {
      checkStart();
      int length = header[1] & 0x7f;
      headerLength += (length == 127 ? 8 : length == 126 ? 2 : 0) + (masked ? 4 : 0);
      if (headerFilled < headerLength) {
        return;
      }
    }
    begin();
  }

  private void checkStart() throws FrameException {
    boolean last = header[0] < 0;
    int code = header[0] & 0x0f;
    if ((header[0] & 0x70) != 0) {
      throw new FrameException("a frame has reserved bits set");
    }
    if (header[1] < 0 != masked) {
      throw new FrameException("a frame is " + (masked ? "not masked" : "masked"));
    }
    switch (code) {
      case CONTINUATION -> {
        if (!messageOpen) {
          throw new FrameException("a frame continues nothing");
        }
      }
      case TEXT, BINARY -> {
        if (messageOpen) {
          throw new FrameException("a message begins within another");
        }
      }
      case CLOSE, PING, PONG -> {
        if (!last || (header[1] & 0x7f) > MAX_CONTROL) {
          throw new FrameException("a control frame is in parts or longer than 125 bytes");
        }
      }
      default -> throw new FrameException("a frame has the unknown opcode " + code);
    }
  }

  private void begin() throws FrameException {
    int length = header[1] & 0x7f;
    int at = 2;
    left = length;
    if (length >= 126) {
      int bytes = length == 126 ? 2 : 8;
      left = 0;
      for (; at < 2 + bytes; at++) {
        left = (left << 8) | (header[at] & 0xff);
      }
      if (left < 0) {
        throw new FrameException("a frame's length has its highest bit set");
      }
    }
    mask = 0;
    for (; at < headerLength; at++) {
      mask = (mask << 8) | (header[at] & 0xff);
    }
    opcode = header[0] & 0x0f;
    if (opcode < CLOSE) {
      messageOpen = header[0] >= 0;
    } else {
      control = new byte[(int) left];
    }
    offset = 0;
    headerFilled = 0;
    headerLength = 2;
    inPayload = true;
  }

  private void readPayload(ByteBuf in, Receiver receiver) {
    int n = (int) Math.min(left, in.readableBytes());
    if (n > 0) {
      if (mask != 0) {
        Mask.inPlace(Mask.at(mask, offset), in, in.readerIndex(), n);
      }
      left -= n;
      offset += n;
      receiver.payload(in.readRetainedSlice(n));
    }
    inPayload = left > 0;
  }

  private void readControl(ByteBuf in, Receiver receiver) {
    int n = (int) Math.min(left, in.readableBytes());
    int at = (int) offset;
    in.readBytes(control, at, n);
    for (int i = at; i < at + n; i++) {
      control[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
    }
    left -= n;
    offset += n;
    if (left == 0) {
      inPayload = false;
      closed = opcode == CLOSE;
      receiver.control(opcode, control);
    }
  }
}
