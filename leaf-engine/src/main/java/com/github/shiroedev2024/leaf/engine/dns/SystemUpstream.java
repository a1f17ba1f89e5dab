package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The operating system's resolver, with all it knows: its hosts file, its search domains, its name
 * service switch. Its calls block, so they run on threads of their own. Those are platform threads:
 * a lookup blocks in native code, where a virtual thread would hold on to its carrier.
 */
final class SystemUpstream implements Upstream, AutoCloseable {
  /** The blocking call; replaced in tests. */
  interface NameService {
    InetAddress[] lookup(String name) throws UnknownHostException;
  }

  private static final int THREADS = 8;
  private static final int WAITING = 1024;

  /** The system does not tell how long an answer holds. */
  private static final Duration LIFE = Duration.ofSeconds(60);

  private static final Duration MISSING_LIFE = Duration.ofSeconds(10);

  private final boolean direct;
  private final long timeoutNanos;
  private final NameService service;
  private final ThreadPoolExecutor threads;

  /**
   * @param timeout after which a lookup counts as failed
   */
  SystemUpstream(boolean direct, Duration timeout, NameService service) {
    this.direct = direct;
    this.timeoutNanos = Math.max(timeout.toNanos(), TimeUnit.MILLISECONDS.toNanos(1));
    this.service = service;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            new DefaultThreadFactory("leaf-resolver", true));
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public String name() {
    return "system";
  }

  @Override
  public boolean direct() {
    return direct;
  }

  @Override
  public Runnable ask(Question question, Lookup lookup, EventLoop loop, Consumer<Answer> answer) {
    AtomicBoolean ended = new AtomicBoolean();
    Consumer<Answer> once =
        result -> {
          if (ended.compareAndSet(false, true)) {
            answer.accept(result);
          }
        };
    var deadline =
        loop.schedule(
            () ->
                once.accept(
                    new Answer.Failed(
                        "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms",
                        true)),
            timeoutNanos,
            TimeUnit.NANOSECONDS);
    try {
      threads.execute(
          () -> {
            if (ended.get()) {
              return; // it waited too long for a thread
            }
            Answer result = lookup(question);
            deliver(
                loop,
                () -> {
                  deadline.cancel(false);
                  once.accept(result);
                });
          });
    } catch (RejectedExecutionException e) {
      loop.execute(
          () -> {
            deadline.cancel(false);
            once.accept(new Answer.Failed("too many lookups wait for the system", false));
          });
    }
    return () -> {
      ended.set(true);
      deadline.cancel(false);
    };
  }

  private static void deliver(EventLoop loop, Runnable answer) {
    try {
      loop.execute(answer);
    } catch (RejectedExecutionException e) {
      // The engine has stopped while the system was looking: nobody waits for the answer.
    }
  }

  private Answer lookup(Question question) {
    try {
      List<InetAddress> found =
          Stream.of(service.lookup(question.name()))
              .filter(a -> RecordType.of(a) == question.type())
              .map(SystemUpstream::unnamed)
              .toList();
      return found.isEmpty()
          ? new Answer.Missing(true, MISSING_LIFE)
          : new Answer.Found(found, LIFE);
    } catch (UnknownHostException e) {
      String why = e.getMessage();
      return why != null && why.contains("Temporary failure")
          ? new Answer.Failed("temporary failure in name resolution", false)
          : new Answer.Missing(false, MISSING_LIFE);
    }
  }

  /** Without the host name that the JDK notes in it, so that it equals and prints as an address. */
  private static InetAddress unnamed(InetAddress address) {
    if (address.isLinkLocalAddress()) {
      return address; // its scope would be lost
    }
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
