package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Takes messages apart, from pieces cut anywhere. What they carry is passed on as it comes, in
 * slices of the pieces; nothing is gathered.
 */
final class HunkReader {
  private static final int DATA = 1 << 3 | 2;

  private enum State {
    FLAG,
    LENGTH,
    TAG,
    FIELD_LENGTH,
    FIELD,
    SKIP,
    SKIP_VARINT
  }

  private State state = State.FLAG;

  /** Bytes of the message that are still to come. */
  private long message;

  /** Bytes of the field, or of what is skipped, that are still to come. */
  private long field;

  private long varint;
  private int digits;
  private int tag;

  /** Whether no message has begun without having ended. */
  boolean atBoundary() {
    return state == State.FLAG;
  }

  /**
   * Reads a piece to its end. Takes ownership of it.
   *
   * @throws SessionException when it is no such message; what came before has been passed on, and
   *     no more may be read. It completes "peer: …"
   */
  void read(ByteBuf in, Consumer<ByteBuf> receiver) throws SessionException {
    try {
      while (in.isReadable()) {
        switch (state) {
          case FLAG -> flag(in);
          case LENGTH -> length(in);
          case FIELD -> {
            int n = take(in);
            receiver.accept(in.readRetainedSlice(n));
            fieldEnds();
          }
          case SKIP -> {
            in.skipBytes(take(in));
            fieldEnds();
          }
          case TAG, FIELD_LENGTH, SKIP_VARINT -> varint(in);
        }
      }
    } finally {
      in.release();
    }
  }

  private void flag(ByteBuf in) throws SessionException {
    int flag = in.readByte();
    if (flag != 0) {
      throw wrong(flag == 1 ? "a message is compressed" : "what comes is no gRPC message");
    }
    state = State.LENGTH;
    message = 0;
    digits = 0;
  }

  private void length(ByteBuf in) {
    message = message << 8 | in.readUnsignedByte();
    if (++digits == 4) {
      startField();
    }
  }

  private void startField() {
    state = message == 0 ? State.FLAG : State.TAG;
    varint = 0;
    digits = 0;
  }

  private int take(ByteBuf in) {
    int n = (int) Math.min(field, in.readableBytes());
    field -= n;
    message -= n;
    return n;
  }

  private void fieldEnds() {
    if (field == 0) {
      startField();
    }
  }

  private void varint(ByteBuf in) throws SessionException {
    int next = in.readByte();
    if (--message < 0 || digits == 10) {
      throw wrong("a field does not fit its message");
    }
    if (digits < 9) {
      varint |= (long) (next & 0x7f) << (7 * digits);
    }
    digits++;
    if (next < 0) {
      if (message == 0) {
        throw wrong("a field does not fit its message");
      }
      return;
    }
    switch (state) {
      case TAG -> tagged((int) varint);
      case FIELD_LENGTH -> sized(varint, tag == DATA);
      default -> startField();
    }
  }

  private void tagged(int read) throws SessionException {
    tag = read;
    varint = 0;
    digits = 0;
    switch (read & 7) {
      case 0 -> state = State.SKIP_VARINT;
      case 1 -> sized(8, false);
      case 2 -> state = State.FIELD_LENGTH;
      case 5 -> sized(4, false);
      default -> throw wrong("a message has a field of an unknown kind");
    }
    if (message == 0) {
      throw wrong("a field does not fit its message");
    }
  }

  private void sized(long length, boolean data) throws SessionException {
    if (length < 0 || length > message) {
      throw wrong("a field does not fit its message");
    }
    field = length;
    state = data ? State.FIELD : State.SKIP;
    if (length == 0) {
      startField();
    }
  }

  private static SessionException wrong(String what) {
    return new SessionException(CloseReason.PROTOCOL_ERROR, what);
  }
}
