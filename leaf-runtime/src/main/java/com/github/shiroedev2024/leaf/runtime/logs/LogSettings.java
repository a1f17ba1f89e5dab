package com.github.shiroedev2024.leaf.runtime.logs;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is logged, and where to.
 *
 * @param file appended to, made when missing; null for standard output
 * @param memory whether lines are also kept in the ring
 * @param memoryBytes how much the ring keeps; positive
 */
public record LogSettings(
    LogLevel level, @Nullable Path file, Format format, boolean memory, long memoryBytes) {
  /** 8 MiB: some 60,000 lines of usual length. */
  public static final long DEFAULT_MEMORY_BYTES = 8L << 20;

  public static final LogSettings DEFAULT =
      new LogSettings(LogLevel.INFO, null, Format.FULL, false, DEFAULT_MEMORY_BYTES);

  /** How a line looks on the output; the ring's lines are always full. */
  public enum Format {
    /** Time, level, target, message. */
    FULL,
    /** The message alone. */
    COMPACT
  }

  public LogSettings {
    if (memoryBytes <= 0) {
      throw new IllegalArgumentException("memoryBytes is " + memoryBytes + ", must be positive");
    }
  }

  public LogSettings withMemory(boolean on) {
    return new LogSettings(level, file, format, on, memoryBytes);
  }

  public LogSettings withLevel(LogLevel other) {
    return new LogSettings(other, file, format, memory, memoryBytes);
  }
}
