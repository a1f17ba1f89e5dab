package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One session's way along the members: each has the fail timeout to be ready, the first that is
 * carries the session. What was given up is cancelled, and closed if it comes all the same. All on
 * the session's loop.
 */
final class Tries {
  /** Who is told how it went. */
  interface Outcome {
    /**
     * @param member null when none could carry it
     * @param failed those tried before, and why
     */
    void ended(@Nullable Outbound member, List<Failure> failed);
  }

  record Failure(Outbound member, CloseReason reason) {}

  private final Session session;
  private final FailoverGroup group;
  private final List<Outbound> candidates;
  private final @Nullable Outbound lastResort;
  private final Duration failTimeout;
  private final Function<Outbound, Future<Channel>> dial;
  private final Promise<Channel> ready;
  private final Outcome outcome;
  private final List<Failure> failed = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private int next;
  private boolean running;
  private @Nullable Future<Channel> attempt;
  private @Nullable Future<?> timer;

  /**
   * @param candidates in the order they are tried
   * @param lastResort tried after them, without a time limit of ours, or null
   */
  Tries(
      Session session,
      FailoverGroup group,
      List<Outbound> candidates,
      @Nullable Outbound lastResort,
      Duration failTimeout,
      Function<Outbound, Future<Channel>> dial,
      Promise<Channel> ready,
      Outcome outcome) {
    this.session = session;
    this.group = group;
    this.candidates = candidates;
    this.lastResort = lastResort;
    this.failTimeout = failTimeout;
    this.dial = dial;
    this.ready = ready;
    this.outcome = outcome;
  }

  void start() {
    ready.addListener(done -> giveUp());
    next();
  }

  private void next() {
    if (ready.isDone()) {
      return;
    }
    boolean isLast = next == candidates.size();
    Outbound member = isLast ? lastResort : next < candidates.size() ? candidates.get(next) : null;
    next++;
    if (member == null) {
      outcome.ended(null, failed);
      ready.tryFailure(Members.allFailed(group, reasons));
      return;
    }
    int number = next;
    running = true;
    Future<Channel> begun = dialled(member);
    attempt = begun;
    if (!begun.isDone() && !isLast) {
      timer =
          session
              .loop()
              .schedule(
                  () -> timedOut(member, number), failTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    begun.addListener((Future<Channel> done) -> finished(member, number, done));
  }

  private Future<Channel> dialled(Outbound member) {
    try {
      return dial.apply(member);
    } catch (RuntimeException e) {
      return session.loop().newFailedFuture(e);
    }
  }

  private void timedOut(Outbound member, int number) {
    if (number != next || !running) {
      return;
    }
    giveUp();
    note(
        member,
        new SessionException(
            CloseReason.HANDSHAKE_TIMEOUT, "not ready within " + failTimeout.toSeconds() + " s"));
    next();
  }

  private void finished(Outbound member, int number, Future<Channel> done) {
    boolean late = number != next || !running;
    if (late) {
      if (done.isSuccess()) {
        done.getNow().close();
      }
      return;
    }
    giveUp();
    if (done.isSuccess()) {
      Path.passed(done.getNow(), group);
      outcome.ended(member, failed);
      Connecting.deliver(ready, done.getNow());
    } else {
      note(member, SessionException.of(done.cause(), CloseReason.DIAL_FAILED));
      next();
    }
  }

  private void note(Outbound member, SessionException cause) {
    failed.add(new Failure(member, cause.reason()));
    reasons.add(member.tag() + ": " + cause.getMessage());
  }

  /** Whatever the attempt under way still gives is not wanted; no harm to one that has ended. */
  private void giveUp() {
    running = false;
    Future<?> waiting = timer;
    timer = null;
    if (waiting != null) {
      waiting.cancel(false);
    }
    Future<Channel> begun = attempt;
    attempt = null;
    if (begun != null) {
      begun.cancel(false);
    }
  }
}
