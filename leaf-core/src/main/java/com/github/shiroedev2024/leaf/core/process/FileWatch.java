package com.github.shiroedev2024.leaf.core.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a file has changed, however it was saved: written in place, renamed over, or by
 * turning a symbolic link. It looks once a while instead of listening to the file system, which
 * tells some of these on some systems only. A change counts once the file has stayed the same
 * between two looks, so that several saves in a row, or one half done, make one.
 */
public final class FileWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 500;

  private record Look(@Nullable Object key, long size, FileTime modified) {}

  private final Path file;
  private final Runnable changed;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("leaf-watch").daemon().factory());
  private @Nullable Look acted;
  private @Nullable Look last;

  private FileWatch(Path file, Runnable changed) {
    this.file = file;
    this.changed = changed;
    this.acted = look();
    this.last = acted;
  }

  /** Begins to watch; the action runs on the watch's own thread and may block. */
  public static FileWatch start(Path file, Runnable changed) {
    FileWatch watch = new FileWatch(file, changed);
    watch.looks.scheduleWithFixedDelay(
        watch::check, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void check() {
    Look now = look();
    Look before = last;
    last = now;
    if (now != null && now.equals(before) && !now.equals(acted)) {
      acted = now;
      changed.run();
    }
  }

  /** Null while the file is not there, as it is for a moment with some editors. */
  private @Nullable Look look() {
    try {
      BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
      return new Look(seen.fileKey(), seen.size(), seen.lastModifiedTime());
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
