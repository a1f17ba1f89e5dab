package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.spi.ProbeTarget;
import com.github.shiroedev2024.leaf.engine.spi.Prober;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One check of all members over one network: every member is probed {@code attempts} times side by
 * side, each probe after a random delay that counts for its timeout but not for its round trip. All
 * on the group's loop.
 */
final class Round {
  private final EventLoop loop;
  private final Network network;
  private final Prober prober;
  private final ProbeTarget target;
  private final FailoverOptions.Checks checks;
  private final RandomGenerator random;
  private final Measured each;
  private final Consumer<List<Ranking.Place>> done;
  private final List<Score> scores = new ArrayList<>();
  private final List<Future<?>> underWay = new ArrayList<>();
  private int left;
  private boolean over;

  /** Who is told what the check of one member showed. */
  interface Measured {
    /**
     * @param millis the mean round trip; null when it failed
     */
    void measured(Outbound member, @Nullable Double millis);
  }

  /** What the probes of one member have shown so far. */
  private static final class Score {
    final Outbound member;
    int left;
    int successes;
    long totalNanos;

    Score(Outbound member, int attempts) {
      this.member = member;
      this.left = attempts;
    }

    @Nullable Double millis(FailoverOptions.Checks checks) {
      boolean passed =
          successes > 0 && successes * 100 / checks.attempts() >= checks.successPercentage();
      return passed ? totalNanos / 1e6 / successes : null;
    }
  }

  /**
   * @param each called with a member and its mean round trip in ms (null: failed) as soon as known
   * @param done called once with all of them in the configured order; not after {@link #cancel}
   */
  Round(
      EventLoop loop,
      Network network,
      Prober prober,
      FailoverOptions.Checks checks,
      RandomGenerator random,
      List<Outbound> members,
      Measured each,
      Consumer<List<Ranking.Place>> done) {
    this.loop = loop;
    this.network = network;
    this.prober = prober;
    this.target = checks.target(prober.target());
    this.checks = checks;
    this.random = random;
    this.each = each;
    this.done = done;
    for (Outbound member : members) {
      scores.add(new Score(member, checks.attempts()));
    }
    this.left = members.size();
  }

  void run() {
    for (Score score : scores) {
      for (int i = 0; i < checks.attempts(); i++) {
        long delay = checks.delay().isZero() ? 0 : random.nextLong(checks.delay().toNanos());
        Runnable probe = () -> probe(score, delay);
        if (delay == 0) {
          probe.run();
        } else {
          underWay.add(loop.schedule(probe, delay, TimeUnit.NANOSECONDS));
        }
      }
    }
  }

  private void probe(Score score, long delay) {
    Duration timeout = target.timeout().minusNanos(delay);
    if (timeout.isNegative() || timeout.isZero()) {
      ended(score, null);
      return;
    }
    Future<Duration> probe = prober.probe(score.member, network, target.withTimeout(timeout));
    underWay.add(probe);
    probe.addListener(
        (Future<Duration> f) -> {
          Duration trip = f.isSuccess() ? f.getNow() : null;
          if (loop.inEventLoop()) {
            ended(score, trip);
          } else {
            loop.execute(() -> ended(score, trip));
          }
        });
  }

  private void ended(Score score, @Nullable Duration trip) {
    if (over) {
      return;
    }
    score.left--;
    if (trip != null) {
      score.successes++;
      score.totalNanos += trip.toNanos();
    }
    if (score.left > 0) {
      return;
    }
    each.measured(score.member, score.millis(checks));
    left--;
    if (left == 0) {
      over = true;
      done.accept(scores.stream().map(s -> new Ranking.Place(s.member, s.millis(checks))).toList());
    }
  }

  /** Ends the probes under way; nothing is called any more. */
  void cancel() {
    over = true;
    for (Future<?> each : List.copyOf(underWay)) {
      each.cancel(false);
    }
  }
}
