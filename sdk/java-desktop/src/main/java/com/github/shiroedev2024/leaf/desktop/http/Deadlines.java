package com.github.shiroedev2024.leaf.desktop.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends exchanges that take too long. The socket's own timeout begins anew with every byte, so a
 * server that trickles would hold a call for ever.
 */
final class Deadlines {
  private final Duration limit;
  private final ScheduledThreadPoolExecutor timer;

  /** Starts no thread yet. */
  Deadlines(Duration limit) {
    this.limit = limit;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "leaf-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Watches an exchange from now on.
   *
   * @param abort ends it, from another thread
   * @throws java.util.concurrent.RejectedExecutionException after the end of this
   */
  Watch watch(Runnable abort) {
    return new Watch(abort, timer, limit);
  }

  void close() {
    timer.shutdownNow();
  }

  /** One exchange; closed at its end. */
  static final class Watch implements AutoCloseable {
    private final Runnable abort;
    private volatile boolean late;
    private final Future<?> alarm;

    private Watch(Runnable abort, ScheduledThreadPoolExecutor timer, Duration limit) {
      this.abort = abort;
      this.alarm = timer.schedule(this::end, limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void end() {
      late = true;
      abort.run();
    }

    /** The failure as the caller shall see it. */
    IOException told(IOException failure) {
      if (!late) {
        return failure;
      }
      SocketTimeoutException timeout = new SocketTimeoutException("the answer is too slow");
      timeout.initCause(failure);
      return timeout;
    }

    @Override
    public void close() {
      alarm.cancel(false);
    }
  }
}
