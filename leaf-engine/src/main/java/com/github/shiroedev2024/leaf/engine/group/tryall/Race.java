package com.github.shiroedev2024.leaf.engine.group.tryall;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Group;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One session's race. Runner i starts i × delay after the first, or as soon as all who started have
 * failed. The first channel wins; the others are cancelled, and closed if they come all the same.
 * All on the session's loop.
 */
final class Race {
  private final Session session;
  private final Group group;
  private final List<Outbound> runners;
  private final long delayNanos;
  private final Function<Outbound, Future<Channel>> dial;
  private final Consumer<Outbound> won;
  private final Promise<Channel> ready;
  private final List<Future<Channel>> started = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private @Nullable Future<?> timer;

  Race(
      Session session,
      Group group,
      List<Outbound> runners,
      Duration delay,
      Function<Outbound, Future<Channel>> dial,
      Consumer<Outbound> won) {
    this.session = session;
    this.group = group;
    this.runners = runners;
    this.delayNanos = delay.toNanos();
    this.dial = dial;
    this.won = won;
    this.ready = session.loop().newPromise();
  }

  Future<Channel> start() {
    ready.addListener(done -> stop());
    startNext();
    return ready;
  }

  private void startNext() {
    do {
      Outbound runner = runners.get(started.size());
      Future<Channel> attempt = dialled(runner);
      started.add(attempt);
      attempt.addListener((Future<Channel> done) -> finished(runner, done));
    } while (more() && (delayNanos == 0 || nobodyRuns()));
    if (more()) {
      timer = session.loop().schedule(this::due, delayNanos, TimeUnit.NANOSECONDS);
    }
  }

  private boolean nobodyRuns() {
    return failures.size() == started.size();
  }

  private boolean more() {
    return !ready.isDone() && started.size() < runners.size();
  }

  private void due() {
    timer = null;
    if (more()) {
      startNext();
    }
  }

  private Future<Channel> dialled(Outbound runner) {
    try {
      return dial.apply(runner);
    } catch (RuntimeException e) {
      return session.loop().newFailedFuture(e);
    }
  }

  private void finished(Outbound runner, Future<Channel> attempt) {
    if (attempt.isSuccess()) {
      Channel channel = attempt.getNow();
      if (ready.isDone()) {
        channel.close();
        return;
      }
      Path.passed(channel, group);
      won.accept(runner);
      if (!ready.trySuccess(channel)) {
        channel.close();
      }
      return;
    }
    if (ready.isDone()) {
      return;
    }
    SessionException cause = SessionException.of(attempt.cause(), CloseReason.DIAL_FAILED);
    failures.add(runner.tag() + ": " + cause.getMessage());
    if (failures.size() == runners.size()) {
      ready.tryFailure(Members.allFailed(group, failures));
      return;
    }
    Future<?> waiting = timer;
    if (waiting != null && nobodyRuns()) {
      waiting.cancel(false);
      due();
    }
  }

  private void stop() {
    Future<?> waiting = timer;
    timer = null;
    if (waiting != null) {
      waiting.cancel(false);
    }
    for (Future<Channel> attempt : started) {
      attempt.cancel(false);
    }
  }
}
