package com.github.shiroedev2024.leaf.engine.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory that both Java and the system can work on: the same bytes as a big-endian buffer and as an
 * address. It is freed when nobody holds it any more.
 */
public final class NativeBuffer {
  private final MemorySegment segment;
  private final ByteBuffer bytes;

  public NativeBuffer(int size) {
    segment = Arena.ofAuto().allocate(size, 64);
    bytes = segment.asByteBuffer();
  }

  public ByteBuffer bytes() {
    return bytes;
  }

  long address() {
    return segment.address();
  }
}
