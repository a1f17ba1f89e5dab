package com.github.shiroedev2024.leaf.engine.telemetry;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line through every ten seconds and counts what it held back. Thread-safe. */
public final class LogThrottle {
  private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

  private final AtomicLong nextNanos = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong suppressed = new AtomicLong();

  /**
   * Asks whether to write the line now.
   *
   * @return how many were held back since the last one, or -1 to hold this one back too
   */
  public long pass(long nowNanos) {
    long next = nextNanos.get();
    if ((next == Long.MIN_VALUE || nowNanos - next >= 0)
        && nextNanos.compareAndSet(next, nowNanos + INTERVAL)) {
      return suppressed.getAndSet(0);
    }
    suppressed.incrementAndGet();
    return -1;
  }
}
