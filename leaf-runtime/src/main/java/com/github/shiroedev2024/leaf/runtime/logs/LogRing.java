package com.github.shiroedev2024.leaf.runtime.logs;

import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The last lines of the log, bounded by the memory they take, the oldest dropped first. Every line
 * has a number that is never used again, not even after {@link #clear}. Safe from any thread; an
 * append takes constant time, and readers hold the lock only while they copy references.
 *
 * <p>Readers page in two ways. A cursor is the number of the next line to read, so it stays true
 * whatever is dropped. An offset counts from the oldest line kept, which moves under a reader as
 * lines are dropped; so the ring remembers where its last answers ended, as the offset that their
 * reader holds now (the offset it asked for plus the lines it got), and an offset that equals such
 * an end goes on exactly there.
 */
public final class LogRing {
  /** Answers whose ends are remembered. */
  static final int ENDS = 64;

  /** An array header and the reference to it, on a 64-bit machine. */
  static final int LINE_OVERHEAD = 24;

  private static final int SMALLEST = 64;
  private static final byte[] DROPPED = {};

  // All guarded by this.
  private byte[][] lines = new byte[SMALLEST][];
  private int head;
  private int size;
  private long bytes;
  private long first;
  private long maxBytes;
  private boolean on = true;
  private final long[] endOffsets = new long[ENDS];
  private final long[] endNumbers = new long[ENDS];
  private int ends;
  private int nextEnd;

  /**
   * @param maxBytes what the kept lines may take together, {@value #LINE_OVERHEAD} bytes of
   *     overhead each included
   * @param firstNumber the number of the first line; a runtime takes one that an earlier runtime
   *     cannot have reached, so that a cursor of that one is behind and not ahead
   */
  public LogRing(long maxBytes, long firstNumber) {
    this.maxBytes = maxBytes;
    this.first = firstNumber;
  }

  /** Adds a line, unless the ring is off; drops the oldest ones until all fit. */
  public void append(String line) {
    byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
    synchronized (this) {
      if (!on) {
        return;
      }
      if (size == lines.length) {
        grow();
      }
      lines[(head + size) & (lines.length - 1)] = encoded;
      size++;
      bytes += encoded.length + LINE_OVERHEAD;
      trim();
    }
  }

  private void grow() {
    byte[][] larger = new byte[lines.length * 2][];
    int upToEnd = lines.length - head;
    System.arraycopy(lines, head, larger, 0, upToEnd);
    System.arraycopy(lines, 0, larger, upToEnd, head);
    lines = larger;
    head = 0;
  }

  private void trim() {
    while (bytes > maxBytes) {
      byte[] oldest = lines[head];
      bytes -= oldest.length + LINE_OVERHEAD;
      lines[head] = DROPPED;
      head = (head + 1) & (lines.length - 1);
      size--;
      first++;
    }
  }

  /** Drops every line and forgets where answers ended. */
  public synchronized void clear() {
    first += size;
    lines = new byte[SMALLEST][];
    head = 0;
    size = 0;
    bytes = 0;
    ends = 0;
    nextEnd = 0;
  }

  /** Changes the bound; fewer bytes drop the oldest lines. */
  public synchronized void maxBytes(long newMaxBytes) {
    maxBytes = newMaxBytes;
    trim();
  }

  /** Switches keeping on or off; off also drops what is kept. */
  public synchronized void on(boolean keep) {
    if (on && !keep) {
      clear();
    }
    on = keep;
  }

  /**
   * A window of at most {@code limit} lines, oldest first.
   *
   * @param offset an offset at which one of the last answers ended, else a position from the oldest
   *     line kept; not negative
   */
  public LogPage page(int limit, long offset) {
    Window window;
    synchronized (this) {
      long from = remembered(offset);
      if (from < 0) {
        if (offset > size) {
          // It ends nowhere: when the log has grown that far, the offset counts from the oldest.
          return new LogPage(List.of(), size, first + size);
        }
        from = first + offset;
      }
      window = window(limit, from);
      remember(offset + window.lines.size(), window.next);
    }
    return window.page();
  }

  /** At most {@code limit} lines from the line of that number on, or from the oldest kept. */
  public LogPage after(int limit, long cursor) {
    Window window;
    synchronized (this) {
      window = window(limit, cursor);
    }
    return window.page();
  }

  private Window window(int limit, long from) {
    long start = Math.clamp(from, first, first + size);
    int count = (int) Math.min(limit, first + size - start);
    List<byte[]> taken = new ArrayList<>(count);
    int position = head + (int) (start - first);
    for (int i = 0; i < count; i++) {
      taken.add(lines[(position + i) & (lines.length - 1)]);
    }
    return new Window(taken, size, start + count);
  }

  /** The number of the line after the newest answer that ended at this offset, or -1. */
  private long remembered(long offset) {
    for (int back = 1; back <= ends; back++) {
      int i = (nextEnd - back) & (ENDS - 1);
      if (endOffsets[i] == offset) {
        return endNumbers[i];
      }
    }
    return -1;
  }

  private void remember(long offset, long number) {
    endOffsets[nextEnd] = offset;
    endNumbers[nextEnd] = number;
    nextEnd = (nextEnd + 1) & (ENDS - 1);
    ends = Math.min(ends + 1, ENDS);
  }

  /** Lines taken under the lock, to be decoded outside it. */
  private record Window(List<byte[]> lines, int total, long next) {
    LogPage page() {
      List<String> messages = new ArrayList<>(lines.size());
      for (byte[] line : lines) {
        messages.add(new String(line, StandardCharsets.UTF_8));
      }
      return new LogPage(messages, total, next);
    }
  }
}
