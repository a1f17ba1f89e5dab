package com.github.shiroedev2024.leaf.engine.os;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * The pipes of one event loop, lent only while they carry bytes. Empty ones are kept for the next
 * as long as somebody may come; when the last user has left they are closed. On the loop only.
 */
public final class Carriers {
  /** Pipes kept open for the next burst; a loop serves its sockets one after the other. */
  private static final int MAX_KEPT = 16;

  private final Splicing owner;
  private final ByteBufAllocator allocator;
  private final MemorySegment state;
  private final ArrayDeque<Pipe> kept = new ArrayDeque<>(MAX_KEPT);
  private int users;

  Carriers(Splicing owner, ByteBufAllocator allocator, MemorySegment state) {
    this.owner = owner;
    this.allocator = allocator;
    this.state = state;
  }

  /** One more may lend. */
  public void enter() {
    users++;
    owner.entered();
  }

  /** One less, who has given back everything. */
  public void leave() {
    if (--users == 0) {
      for (Pipe pipe = kept.poll(); pipe != null; pipe = kept.poll()) {
        discard(pipe);
      }
    }
  }

  /** A pipe, or plain memory when no more pipes can be had. */
  public Carrier lend() {
    Pipe pipe = kept.poll();
    if (pipe != null) {
      return pipe;
    }
    if (owner.acquire()) {
      try {
        return Pipe.open(state);
      } catch (IOException outOfDescriptors) {
        owner.release();
      }
    }
    return new CopyBuffer(allocator);
  }

  /** Takes one back; what it still holds is dropped. */
  public void giveBack(Carrier carrier) {
    if (!(carrier instanceof Pipe pipe)) {
      carrier.close();
    } else if (pipe.held() == 0 && kept.size() < MAX_KEPT) {
      kept.push(pipe);
    } else {
      discard(pipe);
    }
  }

  private void discard(Pipe pipe) {
    pipe.close();
    owner.release();
  }
}
