package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the members for one network: when asked, and by itself every interval as long as the group
 * is used. It begins asleep; the first session wakes it, and so does the first one after it fell
 * asleep for want of use. One round runs at a time, whoever wants another joins it.
 *
 * <p>Everything but {@link #used} and {@link #firstRoundOver} is on the group's loop.
 */
final class HealthTask {
  /** Makes a round that has not begun. */
  interface Rounds {
    Round round(Round.Measured each, Consumer<List<Ranking.Place>> done);
  }

  private final EventLoop loop;
  private final FailoverOptions.Checks checks;
  private final Rounds rounds;
  private final Round.Measured each;
  private final Consumer<List<Ranking.Place>> done;
  private final Runnable firstRound;
  private volatile long lastUse;
  private volatile boolean asleep = true;
  private volatile boolean firstRoundOver;
  private boolean closed;
  private @Nullable Round round;
  private @Nullable Promise<@Nullable Void> running;
  private @Nullable Future<?> timer;

  /**
   * @param each told a member's mean round trip in ms (null: failed) as soon as it is known
   * @param done told all of them at the end of a round, in the configured order
   * @param firstRound called once when the first round has ended, or will never
   */
  HealthTask(
      EventLoop loop,
      FailoverOptions.Checks checks,
      Rounds rounds,
      Round.Measured each,
      Consumer<List<Ranking.Place>> done,
      Runnable firstRound) {
    this.loop = loop;
    this.checks = checks;
    this.rounds = rounds;
    this.each = each;
    this.done = done;
    this.firstRound = firstRound;
    this.lastUse = loop.ticker().nanoTime();
  }

  /** A session has come. From any thread. */
  void used() {
    lastUse = loop.ticker().nanoTime();
    if (asleep && checks.enabled()) {
      loop.execute(this::wake);
    }
  }

  /** Whether a round has ended, or none will. From any thread. */
  boolean firstRoundOver() {
    return firstRoundOver;
  }

  void wake() {
    if (asleep && !closed) {
      asleep = false;
      check();
    }
  }

  private void due() {
    timer = null;
    if (loop.ticker().nanoTime() - lastUse < checks.active().toNanos()) {
      check();
      return;
    }
    asleep = true;
    // A session that came in between has not seen that we sleep.
    if (loop.ticker().nanoTime() - lastUse < checks.active().toNanos()) {
      wake();
    }
  }

  /** Begins a round, or joins the one that runs. */
  Future<@Nullable Void> check() {
    if (closed) {
      return loop.newFailedFuture(
          new SessionException(CloseReason.SHUTDOWN, "the group has been closed"));
    }
    Promise<@Nullable Void> known = running;
    if (known != null) {
      return known;
    }
    Future<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
      timer = null;
    }
    Promise<@Nullable Void> promise = loop.newPromise();
    running = promise;
    Round begun = rounds.round(each, places -> ended(places, promise));
    round = begun;
    begun.run();
    return promise;
  }

  private void ended(List<Ranking.Place> places, Promise<@Nullable Void> promise) {
    round = null;
    running = null;
    done.accept(places);
    if (!asleep) {
      timer = loop.schedule(this::due, checks.interval().toNanos(), TimeUnit.NANOSECONDS);
    }
    endFirstRound();
    promise.trySuccess(null);
  }

  private void endFirstRound() {
    if (!firstRoundOver) {
      firstRoundOver = true;
      firstRound.run();
    }
  }

  void close() {
    closed = true;
    Future<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
      timer = null;
    }
    Round begun = round;
    if (begun != null) {
      begun.cancel();
      round = null;
    }
    Promise<@Nullable Void> promise = running;
    running = null;
    if (promise != null) {
      promise.tryFailure(new SessionException(CloseReason.SHUTDOWN, "the group has been closed"));
    }
    endFirstRound();
  }
}
