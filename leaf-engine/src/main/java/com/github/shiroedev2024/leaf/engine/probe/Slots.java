package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many probes run at once; the others wait in line, first come first served. The line is
 * bounded in length and in time. From any thread; a lock guards the line, held for moments.
 */
final class Slots {
  static final int MAX_WAITING = 4096;
  static final Duration MAX_WAIT = Duration.ofMinutes(2);

  private final int max;
  private final ArrayDeque<Waiting> line = new ArrayDeque<>();
  private int running;

  private record Waiting(Probe probe, Future<?> limit) {}

  Slots(int max) {
    this.max = max;
  }

  /** Starts the probe now or when it is its turn, or fails it. */
  void run(Probe probe) {
    boolean now;
    boolean refused = false;
    synchronized (this) {
      now = running < max;
      if (now) {
        running++;
      } else if (line.size() >= MAX_WAITING) {
        refused = true;
      } else {
        Future<?> limit =
            probe
                .loop()
                .schedule(
                    () -> probe.fail(CloseReason.LIMIT, "too many probes are before it"),
                    MAX_WAIT.toNanos(),
                    TimeUnit.NANOSECONDS);
        line.add(new Waiting(probe, limit));
      }
    }
    if (refused) {
      probe.fail(CloseReason.LIMIT, "too many probes are waiting");
    } else if (now) {
      begin(probe);
    }
  }

  private void begin(Probe probe) {
    // After the other listeners, which close the probe's channel.
    probe.result().addListener(done -> probe.loop().execute(this::release));
    probe.loop().execute(probe::start);
  }

  private void release() {
    Probe next = next();
    if (next != null) {
      begin(next);
    }
  }

  /** The next in line that still wants its turn; it takes over the slot of the one that ended. */
  private synchronized @Nullable Probe next() {
    Waiting waiting = line.poll();
    while (waiting != null) {
      waiting.limit.cancel(false);
      if (!waiting.probe.result().isDone()) {
        return waiting.probe;
      }
      waiting = line.poll();
    }
    running--;
    return null;
  }
}
