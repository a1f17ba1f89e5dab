package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.NoSuchAddress;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way, for all who wait for its answer: the primary server first; if that has
 * none, the others, a few at once. It runs on the event loop of whoever asked first; the waiting
 * list alone is shared, under a lock of its own.
 */
final class FamilyLookup {
  /** After an answer that says nothing about the name, the servers are left in peace so long. */
  private static final Duration FAILURE_LIFE = Duration.ofSeconds(2);

  private final Question question;
  private final Lookup lookup;
  private final EventLoop loop;
  private final UpstreamChoice choice;
  private final int concurrency;
  private final DnsCache cache;
  private final FakeAddresses fakes;
  private final Consumer<FamilyLookup> finished;

  private final Object lock = new Object();
  private @Nullable List<Promise<List<InetAddress>>> waiting = new ArrayList<>(1); // lock

  private List<Upstream> order = List.of();
  private final List<Runnable> running = new ArrayList<>(1);
  private final StringBuilder failures = new StringBuilder();
  private int next;
  private boolean primaryFailed;
  private boolean onlyMissing = true;
  private boolean exists;
  private @Nullable Duration missingLife;
  private boolean done;

  FamilyLookup(
      Question question,
      Lookup lookup,
      EventLoop loop,
      UpstreamChoice choice,
      int concurrency,
      DnsCache cache,
      FakeAddresses fakes,
      Consumer<FamilyLookup> finished) {
    this.question = question;
    this.lookup = lookup;
    this.loop = loop;
    this.choice = choice;
    this.concurrency = concurrency;
    this.cache = cache;
    this.fakes = fakes;
    this.finished = finished;
  }

  /** Adds one who waits; false when the answer was given already. From any thread. */
  boolean join(Promise<List<InetAddress>> promise) {
    synchronized (lock) {
      if (waiting == null) {
        return false;
      }
      waiting.add(promise);
      return true;
    }
  }

  /** From any thread. */
  void start() {
    if (loop.inEventLoop()) {
      begin();
    } else {
      loop.execute(this::begin);
    }
  }

  private void begin() {
    if (!done) {
      order = choice.order();
      ask(order.get(next++));
    }
  }

  private void ask(Upstream upstream) {
    long begun = loop.ticker().nanoTime();
    Runnable[] cancel = new Runnable[1];
    cancel[0] =
        upstream.ask(
            question,
            lookup,
            loop,
            answer -> {
              running.remove(cancel[0]);
              answered(upstream, answer, loop.ticker().nanoTime() - begun);
            });
    running.add(cancel[0]);
  }

  /** Whether the answer is one that Leaf itself gave: dialling it would never end. */
  private boolean fake(Answer.Found found) {
    for (InetAddress a : found.addresses()) {
      if (a instanceof Inet4Address
          && question.name().equals(fakes.name(ByteBuffer.wrap(a.getAddress()).getInt()))) {
        return true;
      }
    }
    return false;
  }

  private void answered(Upstream upstream, Answer said, long nanos) {
    boolean primary = upstream.equals(order.getFirst());
    Answer answer =
        said instanceof Answer.Found found && fake(found)
            ? new Answer.Failed("the query came back in by the tun inbound; set mark", false)
            : said;
    switch (answer) {
      case Answer.Found found -> {
        choice.answered(upstream, nanos);
        if (primaryFailed && !primary) {
          choice.stoodIn(upstream);
        }
        cache.put(question.name(), question.type(), found.addresses(), found.life());
        complete(found.addresses(), null);
        return;
      }
      case Answer.Missing missing -> {
        choice.answered(upstream, nanos);
        note(upstream, missing.exists() ? "no " + question.type() + " address" : "no such name");
        exists |= missing.exists();
        missingLife = missingLife == null ? missing.life() : min(missingLife, missing.life());
        if (missing.exists() && question.type() == RecordType.AAAA) {
          // Most names have no IPv6 address. That is an answer, no reason to ask everybody.
          order = order.subList(0, next);
        }
      }
      case Answer.Failed failed -> {
        choice.failed(upstream, failed.timeout());
        note(upstream, failed.why());
        primaryFailed |= primary;
        onlyMissing = false;
      }
      case Answer.Truncated t -> throw new IllegalStateException("never handed up: " + t);
      case Answer.NotUnderstood n -> throw new IllegalStateException("never handed up: " + n);
    }
    while (running.size() < concurrency && next < order.size()) {
      ask(order.get(next++));
    }
    if (running.isEmpty()) {
      SessionException failure =
          new SessionException(
              CloseReason.RESOLVE_FAILED,
              question.name() + ": " + failures,
              onlyMissing ? new NoSuchAddress(exists) : null);
      Duration life = onlyMissing && missingLife != null ? missingLife : FAILURE_LIFE;
      cache.putFailure(question.name(), question.type(), failure, life);
      complete(List.of(), failure);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void note(Upstream upstream, String text) {
    if (!failures.isEmpty()) {
      failures.append("; ");
    }
    failures.append(upstream.name()).append(": ").append(text);
  }

  private void complete(List<InetAddress> addresses, @Nullable SessionException failure) {
    if (!done) {
      stop();
      finished.accept(this);
      release(addresses, failure);
    }
  }

  private void stop() {
    done = true;
    List.copyOf(running).forEach(Runnable::run);
    running.clear();
  }

  private void release(List<InetAddress> addresses, @Nullable SessionException failure) {
    List<Promise<List<InetAddress>>> all;
    synchronized (lock) {
      if (waiting == null) {
        return;
      }
      all = waiting;
      waiting = null;
    }
    for (Promise<List<InetAddress>> promise : all) {
      if (failure == null) {
        promise.trySuccess(addresses);
      } else {
        promise.tryFailure(failure);
      }
    }
  }

  /** Fails all who wait and closes the sockets. From any thread. */
  void abort(SessionException cause) {
    finished.accept(this);
    release(List.of(), cause);
    try {
      loop.execute(this::stop);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and its sockets with it.
    }
  }
}
