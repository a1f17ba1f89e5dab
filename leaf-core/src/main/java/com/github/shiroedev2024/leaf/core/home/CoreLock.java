package com.github.shiroedev2024.leaf.core.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The lock that lets one core own a home. The system drops it when the process ends, however it
 * ends; the file stays and holds the id of the last owner.
 */
public final class CoreLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private CoreLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Another core owns the home. */
  public static final class Held extends Exception {
    private static final long serialVersionUID = 1;
    private final long pid;

    Held(long pid) {
      super(pid > 0 ? "already running, pid " + pid : "already running");
      this.pid = pid;
    }

    /** The owner's process id; 0 when it has not written it yet. */
    public long pid() {
      return pid;
    }
  }

  /** Takes the lock and writes this process's id into the file. */
  public static CoreLock take(Path file) throws IOException, Held {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new Held(owner(file));
      }
      ByteBuffer pid =
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      channel.truncate(0);
      while (pid.hasRemaining()) {
        channel.write(pid);
      }
      taken = true;
      return new CoreLock(channel, lock);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held by this very process
    }
  }

  private static long owner(Path file) {
    try {
      String text = Files.readString(file).trim();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException | NumberFormatException e) {
      return 0; // the message does without
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lock.release();
    }
  }
}
