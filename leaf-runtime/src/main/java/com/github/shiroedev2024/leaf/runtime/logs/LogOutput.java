package com.github.shiroedev2024.leaf.runtime.logs;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A stream of lines to a file or to standard output. Whoever logs never waits for it: lines queue
 * for a thread of its own, and when the reader of a pipe or a disk is too slow for them, the newest
 * are lost and their number is told as soon as there is room again.
 */
final class LogOutput implements AutoCloseable {
  /** Lines waiting to be written; bytes. */
  static final int MAX_QUEUED = 1 << 20;

  /** How long {@link #close} waits for the last lines to be written. */
  private static final long CLOSE_MILLIS = 2000;

  /** How long lines may gather after one was written, to be written together. */
  private static final long COLLECT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final OutputStream stream;
  private final boolean ownStream;
  private final String name;
  private final Consumer<String> complain;
  private final Thread writer;

  // Guarded by queue.
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private int queuedBytes;
  private long lost;
  private boolean closing;

  /** Whether the writer waits for a line. */
  private boolean idle;

  // On the writer's thread only.
  private boolean failing;

  private LogOutput(
      OutputStream stream, boolean ownStream, String name, Consumer<String> complain) {
    this.stream = stream;
    this.ownStream = ownStream;
    this.name = name;
    this.complain = complain;
    this.writer = Thread.ofPlatform().daemon().name("leaf-log").unstarted(this::run);
  }

  /**
   * Opens a file to append to.
   *
   * @param complain told once when writing begins to fail
   * @throws IOException naming the file and the cause
   */
  static LogOutput file(Path file, Consumer<String> complain) throws IOException {
    FileOutputStream opened;
    try {
      opened = new FileOutputStream(file.toFile(), true);
    } catch (IOException e) {
      throw new IOException("cannot open log file '" + file + "': " + cause(e, file), e);
    }
    LogOutput output = new LogOutput(opened, true, "log file '" + file + "'", complain);
    output.writer.start();
    return output;
  }

  /** A stream that stays open when the output is closed. */
  static LogOutput console(OutputStream stream, Consumer<String> complain) {
    LogOutput output = new LogOutput(stream, false, "the log to standard output", complain);
    output.writer.start();
    return output;
  }

  /** The system's words: the exception's are {@code path (words)}. */
  private static String cause(IOException e, Path file) {
    String message = String.valueOf(e.getMessage());
    String before = file + " (";
    return message.startsWith(before) && message.endsWith(")")
        ? message.substring(before.length(), message.length() - 1)
        : message;
  }

  /** Queues a line, without its line break; never blocks. */
  void write(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (queue) {
      if (closing) {
        return;
      }
      if (queuedBytes + bytes.length > MAX_QUEUED) {
        lost++;
        return;
      }
      if (lost > 0) {
        add((lost + " log lines lost: the output is too slow\n").getBytes(StandardCharsets.UTF_8));
        lost = 0;
      }
      add(bytes);
    }
  }

  private void add(byte[] bytes) {
    queue.add(bytes);
    queuedBytes += bytes.length;
    if (idle) {
      idle = false;
      queue.notifyAll();
    }
  }

  private void run() {
    try {
      while (true) {
        byte[] next;
        boolean last;
        synchronized (queue) {
          while (queue.isEmpty() && !closing) {
            idle = true;
            queue.wait();
          }
          idle = false;
          byte[] polled = queue.poll();
          if (polled == null) {
            return;
          }
          next = polled;
          queuedBytes -= next.length;
          last = queue.isEmpty();
        }
        put(next, last);
        if (last) {
          collect();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      finish();
    }
  }

  /** Lets lines gather for a moment: to wake this thread for each costs more than to write it. */
  private void collect() throws InterruptedException {
    synchronized (queue) {
      long until = System.nanoTime() + COLLECT_NANOS;
      for (long left = COLLECT_NANOS; left > 0 && !closing; left = until - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(queue, left);
      }
    }
  }

  private void put(byte[] line, boolean flush) {
    try {
      stream.write(line);
      if (flush) {
        stream.flush();
      }
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        complain.accept("cannot write " + name + ": " + e.getMessage() + "; its lines are lost");
      }
    }
  }

  private void finish() {
    try {
      if (ownStream) {
        stream.close();
      } else {
        stream.flush();
      }
    } catch (IOException e) {
      if (!failing) {
        complain.accept("cannot close " + name + ": " + e.getMessage());
      }
    }
  }

  /** Writes what is queued, waiting a little for it, and ends; more calls do nothing. */
  @Override
  public void close() {
    synchronized (queue) {
      closing = true;
      queue.notifyAll();
    }
    if (writer.equals(Thread.currentThread())) {
      return;
    }
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
