package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A pipe of the kernel between two sockets: bytes go through it by splice(2), which moves pages and
 * never shows them to the process.
 */
final class Pipe implements Carrier {
  /** What an unprivileged user may make a pipe hold ({@code /proc/sys/fs/pipe-max-size}); bytes. */
  private static final int LARGE = 1 << 20;

  private static final int MEDIUM = 1 << 18;

  private final MemorySegment state;
  private final int readEnd;
  private final int writeEnd;
  private final int size;
  private int held;
  private boolean closed;

  private Pipe(MemorySegment state, int readEnd, int writeEnd, int size) {
    this.state = state;
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.size = size;
  }

  /**
   * A new pipe, as large as the limits of this user allow ({@code pipe-user-pages-soft}).
   *
   * @param state of {@link PipeCalls#newState}
   */
  static Pipe open(MemorySegment state) throws IOException {
    long ends = PipeCalls.pipe(state);
    int readEnd = (int) ends;
    int writeEnd = (int) (ends >>> Integer.SIZE);
    try {
      if (!PipeCalls.resize(state, writeEnd, LARGE)) {
        PipeCalls.resize(state, writeEnd, MEDIUM);
      }
      return new Pipe(state, readEnd, writeEnd, PipeCalls.size(state, writeEnd));
    } catch (IOException e) {
      PipeCalls.close(state, readEnd);
      PipeCalls.close(state, writeEnd);
      throw e;
    }
  }

  @Override
  public int fill(Socket from) throws IOException {
    // A slot may hold more than a page, so slots alone would let far more in than the size. And
    // for little room a call is not worth while.
    int room = size - held;
    if (room < size / 4) {
      return 0;
    }
    long moved = PipeCalls.splice(state, from.intValue(), writeEnd, room);
    if (moved <= 0) {
      return moved == 0 ? -1 : 0;
    }
    held += (int) moved;
    return (int) moved;
  }

  /** Moves what is here into another pipe. */
  void tryInto(Pipe other) throws IOException {
    long moved = PipeCalls.splice(state, readEnd, other.writeEnd, size);
    if (moved > 0) {
      held -= (int) moved;
      other.held += (int) moved;
    }
  }

  @Override
  public int drain(Socket to) throws IOException {
    long moved = PipeCalls.splice(state, readEnd, to.intValue(), held);
    if (moved <= 0) {
      return 0;
    }
    held -= (int) moved;
    return (int) moved;
  }

  @Override
  public int held() {
    return held;
  }

  /** A pipe is full when all its slots are, and each holds a byte at least. */
  @Override
  public int surelyAll() {
    return size / PipeCalls.PAGE;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      PipeCalls.close(state, readEnd);
      PipeCalls.close(state, writeEnd);
    }
  }
}
