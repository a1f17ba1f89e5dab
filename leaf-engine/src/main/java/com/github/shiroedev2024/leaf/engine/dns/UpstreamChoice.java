package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which of several servers is asked first. One of them is primary; it is chosen anew from time to
 * time, and when it fails or is slow too often in a row, by the lowest score:
 *
 * <pre>
 * smoothed latency in ms (400 while unknown) + 600 x failures + 900 x timeouts
 *   + 1200 x failures in a row + 300 x slow answers in a row
 * </pre>
 *
 * The counts are halved at each regular choice, so that old trouble is forgotten and a server that
 * has recovered gets its turn. Thread-safe; the lock is held for a walk over the servers.
 */
final class UpstreamChoice {
  private static final double UNKNOWN_LATENCY = 400;

  private static final class State {
    private final Upstream upstream;
    private double latencyMillis = -1;
    private int failures;
    private int timeouts;
    private int failuresInRow;
    private int slowInRow;

    State(Upstream upstream) {
      this.upstream = upstream;
    }

    double score() {
      return (latencyMillis < 0 ? UNKNOWN_LATENCY : latencyMillis)
          + 600.0 * failures
          + 900.0 * timeouts
          + 1200.0 * failuresInRow
          + 300.0 * slowInRow;
    }
  }

  private final List<State> states = new ArrayList<>();
  private final Ticker ticker;
  private final long reselectNanos;
  private final double slowMillis;
  private final int threshold;
  private State primary;
  private long chosenAt;

  /**
   * @param upstreams at least one; the first is primary at the start
   */
  UpstreamChoice(List<? extends Upstream> upstreams, EngineOptions options, Ticker ticker) {
    upstreams.forEach(u -> states.add(new State(u)));
    this.primary = states.getFirst();
    this.ticker = ticker;
    this.reselectNanos = options.get(EngineOptions.DNS_SERVER_RESELECT_INTERVAL_SECS).toNanos();
    this.slowMillis = options.get(EngineOptions.DNS_SERVER_SLOW_RESPONSE_MS).toMillis();
    this.threshold = options.get(EngineOptions.DNS_SERVER_SWITCH_THRESHOLD);
    this.chosenAt = ticker.nanoTime();
  }

  /** All servers, in the order to ask them. */
  synchronized List<Upstream> order() {
    if (states.size() == 1) {
      return List.of(primary.upstream);
    }
    if (ticker.nanoTime() - chosenAt >= reselectNanos) {
      choose();
      for (State s : states) {
        s.failures /= 2;
        s.timeouts /= 2;
        s.failuresInRow /= 2;
        s.slowInRow /= 2;
      }
    }
    List<State> sorted = new ArrayList<>(states);
    State first = primary;
    sorted.sort(
        Comparator.<State>comparingInt(s -> s == first ? 0 : 1).thenComparingDouble(State::score));
    return sorted.stream().map(s -> s.upstream).toList();
  }

  /** The server gave an answer, even if the answer was "no such name". */
  synchronized void answered(Upstream upstream, long nanos) {
    State s = state(upstream);
    double millis = (double) nanos / TimeUnit.MILLISECONDS.toNanos(1);
    s.latencyMillis = s.latencyMillis < 0 ? millis : 0.8 * s.latencyMillis + 0.2 * millis;
    s.failuresInRow = 0;
    s.slowInRow = millis >= slowMillis ? s.slowInRow + 1 : 0;
    if (s == primary && s.slowInRow >= threshold) {
      choose();
    }
  }

  synchronized void failed(Upstream upstream, boolean timeout) {
    State s = state(upstream);
    if (timeout) {
      s.timeouts++;
    } else {
      s.failures++;
    }
    s.failuresInRow++;
    if (s == primary && s.failuresInRow >= threshold) {
      choose();
    }
  }

  /** The server answered where the primary had failed: it is primary from now on. */
  synchronized void stoodIn(Upstream upstream) {
    primary = state(upstream);
    chosenAt = ticker.nanoTime();
  }

  private void choose() {
    for (State s : states) {
      if (s.score() < primary.score()) {
        primary = s;
      }
    }
    chosenAt = ticker.nanoTime();
  }

  private State state(Upstream upstream) {
    for (State s : states) {
      if (s.upstream.equals(upstream)) {
        return s;
      }
    }
    throw new IllegalArgumentException(upstream.name() + " is not one of these servers");
  }
}
