package com.github.shiroedev2024.leaf.engine.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One packet whose bytes lie in several places, to be written as one. For one thread. */
public final class PacketPieces {
  /** Pieces of one packet. */
  public static final int MAX = 65;

  private final MemorySegment memory =
      Arena.ofAuto().allocate((long) MAX * DatagramMemory.PIECE, 8);
  private final @Nullable NativeBuffer[] buffers = new NativeBuffer[MAX];
  private final int[] places = new int[MAX];
  private int count;
  private int length;

  /** Begins another packet. */
  public void clear() {
    count = 0;
    length = 0;
  }

  /** There must be room. */
  public void add(NativeBuffer buffer, int place, int bytes) {
    DatagramMemory.piece(
        memory, (long) count * DatagramMemory.PIECE, buffer.address() + place, bytes);
    buffers[count] = buffer;
    places[count++] = place;
    length += bytes;
  }

  int count() {
    return count;
  }

  /** Bytes of the whole packet. */
  public int length() {
    return length;
  }

  long address() {
    return memory.address();
  }

  /** Puts the packet together. */
  public void copyTo(ByteBuffer into) {
    for (int i = 0; i < count; i++) {
      NativeBuffer buffer = buffers[i];
      if (buffer != null) {
        int bytes = DatagramMemory.pieceLength(memory, (long) i * DatagramMemory.PIECE);
        into.put(buffer.bytes().slice(places[i], bytes));
      }
    }
  }
}
