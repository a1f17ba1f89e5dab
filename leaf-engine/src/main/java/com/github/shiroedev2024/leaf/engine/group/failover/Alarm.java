package com.github.shiroedev2024.leaf.engine.group.failover;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts a check when sessions find the members other than the last check said. Not more often than
 * every five seconds; a check that changes nothing (it was the destination that failed, not the
 * member) doubles that, up to the interval of the regular checks. All on the group's loop.
 */
final class Alarm {
  static final Duration FIRST_GAP = Duration.ofSeconds(5);

  private final EventLoop loop;
  private final long firstGapNanos;
  private final long maxGapNanos;
  private final Supplier<Future<Void>> check;
  private long gapNanos;
  private long lastNanos;
  private boolean rang;
  private boolean checking;
  private boolean confirmed;
  private boolean closed;
  private @Nullable Future<?> timer;

  Alarm(EventLoop loop, Duration interval, Supplier<Future<Void>> check) {
    this.loop = loop;
    this.maxGapNanos = interval.toNanos();
    this.firstGapNanos = Math.min(FIRST_GAP.toNanos(), maxGapNanos);
    this.gapNanos = firstGapNanos;
    this.check = check;
  }

  /** Something is not as the last check said: check now, or as soon as the gap is over. */
  void raise() {
    if (closed || checking || timer != null) {
      return;
    }
    long wait = rang ? lastNanos + gapNanos - loop.ticker().nanoTime() : 0;
    if (wait <= 0) {
      ring();
    } else {
      timer = loop.schedule(this::ring, wait, TimeUnit.NANOSECONDS);
    }
  }

  /** A check has changed the order. */
  void confirmed() {
    confirmed = true;
    gapNanos = firstGapNanos;
  }

  private void ring() {
    timer = null;
    rang = true;
    checking = true;
    confirmed = false;
    lastNanos = loop.ticker().nanoTime();
    check
        .get()
        .addListener(
            done -> {
              checking = false;
              if (!confirmed) {
                gapNanos = Math.min(gapNanos * 2, maxGapNanos);
              }
            });
  }

  void close() {
    closed = true;
    Future<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
      timer = null;
    }
  }
}
