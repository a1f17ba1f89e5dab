package com.github.shiroedev2024.leaf.engine.os;

import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.CONTROL;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.MESSAGE;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.NAME;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.PIECE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one call received: messages, each a datagram or a batch of datagrams of one sender that the
 * system has not taken apart ({@code UDP_GRO}). It holds until the next call. For one thread.
 */
public final class DatagramsIn {
  /** Messages of one call. */
  public static final int MAX = 32;

  /** Any message fits. */
  private static final int SLOT = 65_536;

  private static final long NAMES = (long) MAX * MESSAGE;
  private static final long CONTROLS = NAMES + (long) MAX * NAME;
  private static final long PIECES = CONTROLS + (long) MAX * CONTROL;

  private final MemorySegment memory = Arena.ofAuto().allocate(PIECES + (long) MAX * PIECE, 8);
  private final NativeBuffer payloads = new NativeBuffer(MAX * SLOT); // pages unused cost nothing
  private int used = MAX;

  public DatagramsIn() {
    for (int i = 0; i < MAX; i++) {
      DatagramMemory.piece(
          memory, PIECES + (long) i * PIECE, payloads.address() + (long) i * SLOT, SLOT);
    }
  }

  /** Receives; called by the port, which holds its descriptor meanwhile. */
  int receive(int fd) {
    long base = memory.address();
    for (int i = 0; i < used; i++) { // the last call left its results there
      long at = (long) i * MESSAGE;
      DatagramMemory.message(memory, at, base + NAMES + (long) i * NAME, NAME);
      DatagramMemory.contents(
          memory, at, base + PIECES + (long) i * PIECE, 1, base + CONTROLS + (long) i * CONTROL);
    }
    int got;
    do {
      got = Libc.recvmmsg(fd, memory.address(), MAX);
    } while (got == -Libc.EINTR);
    used = Math.max(got, 0);
    return got;
  }

  /** Where the payloads are. */
  public NativeBuffer payloads() {
    return payloads;
  }

  /** Where a message's payload begins. */
  public int place(int message) {
    return message * SLOT;
  }

  /** Payload bytes of a message. */
  public int length(int message) {
    return DatagramMemory.length(memory, (long) message * MESSAGE);
  }

  /** The payload bytes of each datagram but the last when the message is a batch; else 0. */
  public int segment(int message) {
    return DatagramMemory.segmentOf(
        memory, (long) message * MESSAGE, CONTROLS + (long) message * CONTROL);
  }

  /** Whether the sender has an IPv6 address. */
  public boolean six(int message) {
    return DatagramMemory.isSix(memory, name(message));
  }

  /** The high long of the sender's address; 0 for IPv4. */
  public long high(int message) {
    return DatagramMemory.high(memory, name(message));
  }

  public long low(int message) {
    return DatagramMemory.low(memory, name(message));
  }

  public int port(int message) {
    return DatagramMemory.port(memory, name(message));
  }

  private static long name(int message) {
    return NAMES + (long) message * NAME;
  }
}
