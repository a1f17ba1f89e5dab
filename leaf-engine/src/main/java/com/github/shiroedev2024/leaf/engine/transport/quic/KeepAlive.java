package com.github.shiroedev2024.leaf.engine.transport.quic;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes a connection send something whenever nothing has come for a while. The library has no PING
 * to ask for, so the owner sends what the peer has to acknowledge. On the connection's loop.
 */
final class KeepAlive {
  private final EventLoop loop;
  private final long intervalNanos;
  private final Runnable poke;
  private long heard;
  private boolean anything;
  private @Nullable Future<?> timer;

  /**
   * @param intervalNanos silence after which to poke; 0: never
   */
  KeepAlive(EventLoop loop, long intervalNanos, Runnable poke) {
    this.loop = loop;
    this.intervalNanos = intervalNanos;
    this.poke = poke;
    this.heard = loop.ticker().nanoTime();
  }

  /** Something came from the peer. */
  void heard() {
    anything = true;
    heard = loop.ticker().nanoTime();
  }

  /** Whether anything ever came. */
  boolean anythingHeard() {
    return anything;
  }

  void start() {
    if (timer == null && intervalNanos > 0) {
      next(intervalNanos);
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void next(long nanos) {
    timer = loop.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
  }

  private void look() {
    long left = intervalNanos - (loop.ticker().nanoTime() - heard);
    if (left > 0) {
      next(left);
    } else {
      next(intervalNanos);
      poke.run();
    }
  }
}
