package com.github.shiroedev2024.leaf.engine.os;

import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.CONTROL;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.MESSAGE;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.NAME;
import static com.github.shiroedev2024.leaf.engine.os.DatagramMemory.PIECE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams to be sent by one socket with few calls. Those of one length that follow each other to
 * one target become one message, which the system cuts late ({@code UDP_SEGMENT}). Payloads stay
 * where they are until they are sent. For one thread.
 */
public final class DatagramsOut {
  /** Datagrams; more have to wait for the next time. */
  public static final int MAX = 256;

  /** Linux before 6.9 takes no more in one message. */
  private static final int MAX_SEGMENTS = 64;

  /** Less than any IP packet holds. */
  private static final int MAX_BYTES = 65_000;

  private static final long NAMES = (long) (MAX + 1) * MESSAGE;
  private static final long CONTROLS = NAMES + (long) MAX * NAME;
  private static final long PIECES = CONTROLS + (long) MAX * CONTROL;

  private final MemorySegment memory = Arena.ofAuto().allocate(PIECES + (long) MAX * PIECE, 8);
  private final @Nullable NativeBuffer[] buffers = new NativeBuffer[MAX]; // keeps them
  private final int[] places = new int[MAX];
  private final int[] first = new int[MAX + 1]; // piece of each message
  private int pieces;
  private int messages;

  // Of the last message.
  private boolean six;
  private long high;
  private long low;
  private int port;
  private int size;
  private int bytes;
  private boolean open;

  public boolean isEmpty() {
    return pieces == 0;
  }

  public boolean isFull() {
    return pieces == MAX;
  }

  /** Datagrams added. */
  public int count() {
    return pieces;
  }

  /** Where the payload of a datagram is. */
  public int place(int datagram) {
    return places[datagram];
  }

  public int length(int datagram) {
    return DatagramMemory.pieceLength(memory, PIECES + (long) datagram * PIECE);
  }

  /**
   * Adds a datagram; there must be room.
   *
   * @param by whose socket all of them are sent by
   */
  public void add(
      DatagramPort by,
      boolean toSix,
      long toHigh,
      long toLow,
      int toPort,
      NativeBuffer buffer,
      int place,
      int length) {
    boolean joins =
        open
            && length > 0
            && length <= size
            && size <= by.longestSegment()
            && bytes + length <= MAX_BYTES
            && pieces - first[messages - 1] < MAX_SEGMENTS
            && low == toLow
            && port == toPort
            && high == toHigh
            && six == toSix;
    if (!joins) {
      begin(by, toSix, toHigh, toLow, toPort, length);
    }
    open = length == size; // one that is shorter is the last
    bytes += length;
    buffers[pieces] = buffer;
    places[pieces] = place;
    DatagramMemory.piece(memory, PIECES + (long) pieces * PIECE, buffer.address() + place, length);
    pieces++;
  }

  private void begin(
      DatagramPort by, boolean toSix, long toHigh, long toLow, int toPort, int length) {
    six = toSix;
    high = toHigh;
    low = toLow;
    port = toPort;
    size = length;
    bytes = 0;
    long name = NAMES + (long) messages * NAME;
    int nameLength = DatagramMemory.name(memory, name, six, high, low, port, by.takesIpv6());
    DatagramMemory.message(memory, (long) messages * MESSAGE, memory.address() + name, nameLength);
    first[messages++] = pieces;
  }

  /** Forgets all. */
  public void clear() {
    java.util.Arrays.fill(buffers, 0, pieces, null);
    pieces = 0;
    messages = 0;
    open = false;
  }

  /** Sends all; called by the port, which holds its descriptor meanwhile. */
  int send(DatagramPort by, int fd) {
    finish();
    int at = 0;
    while (at < messages) {
      int sent = Libc.sendmmsg(fd, memory.address() + (long) at * MESSAGE, messages - at);
      if (sent > 0) {
        at += sent;
      } else if (sent == -Libc.EAGAIN) {
        return first[at];
      } else if (sent != -Libc.EINTR) {
        int count = first[at + 1] - first[at];
        if (count > 1 && by.notInSegments(length(first[at]), -sent)) {
          int left = singly(fd, at);
          if (left < first[at + 1]) {
            return left;
          }
        } else {
          by.refused(count);
        }
        at++;
      }
    }
    return pieces;
  }

  private void finish() {
    first[messages] = pieces;
    for (int i = 0; i < messages; i++) {
      long at = (long) i * MESSAGE;
      int count = first[i + 1] - first[i];
      long control = CONTROLS + (long) i * CONTROL;
      if (count > 1) {
        DatagramMemory.segment(memory, control, length(first[i]));
      }
      DatagramMemory.contents(
          memory,
          at,
          memory.address() + PIECES + (long) first[i] * PIECE,
          count,
          count > 1 ? memory.address() + control : 0);
    }
  }

  /** Sends the datagrams of one message each by itself; answers the first that was not taken. */
  private int singly(int fd, int message) {
    long at = (long) MAX * MESSAGE;
    MemorySegment.copy(memory, (long) message * MESSAGE, memory, at, MESSAGE);
    for (int i = first[message]; i < first[message + 1]; i++) {
      DatagramMemory.contents(memory, at, memory.address() + PIECES + (long) i * PIECE, 1, 0);
      int sent;
      do {
        sent = Libc.sendmmsg(fd, memory.address() + at, 1);
      } while (sent == -Libc.EINTR);
      if (sent == -Libc.EAGAIN) {
        return i;
      }
    }
    return first[message + 1];
  }
}
