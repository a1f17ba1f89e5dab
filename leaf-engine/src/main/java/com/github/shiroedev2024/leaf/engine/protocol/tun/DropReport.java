package com.github.shiroedev2024.leaf.engine.protocol.tun;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/** Writes what was dropped to the log, a line a minute at most. On one loop. */
final class DropReport {
  private static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final DropCounts counts;
  private final Logger log;
  private String last = "";
  private long nextNanos;
  private boolean waiting;

  DropReport(DropCounts counts, Logger log) {
    this.counts = counts;
    this.log = log;
  }

  /** Writes a line when there is something new and the last one is long ago. */
  void look(long nowNanos) {
    if (waiting && nowNanos - nextNanos < 0) {
      return;
    }
    String all = counts.toString();
    waiting = !all.equals(last);
    if (waiting) {
      last = all;
      nextNanos = nowNanos + INTERVAL_NANOS;
      log.info("dropped packets since the device came up: {}", all);
    }
  }
}
