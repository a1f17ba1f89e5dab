package com.github.shiroedev2024.leaf.testkit;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what happens on another thread, never longer than told. */
public final class Await {
  /** Long enough for a busy machine; what is awaited usually comes within milliseconds. */
  public static final Duration USUAL = Duration.ofSeconds(10);

  private static final long POLL_MILLIS = 5;

  private Await() {}

  /** Polls until the condition holds, for {@link #USUAL} at most. */
  public static void until(String what, BooleanSupplier condition) {
    until(USUAL, what, condition);
  }

  /**
   * Polls until the condition holds.
   *
   * @throws AssertionError naming {@code what}, when the time is over
   */
  public static void until(Duration limit, String what, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("after " + limit.toMillis() + " ms still not: " + what);
      }
      pause();
    }
  }

  /** Polls until the supplier gives a value, for {@link #USUAL} at most. */
  public static <T> T value(String what, Supplier<@Nullable T> supplier) {
    long end = System.nanoTime() + USUAL.toNanos();
    while (true) {
      T value = supplier.get();
      if (value != null) {
        return value;
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("after " + USUAL.toMillis() + " ms still no " + what);
      }
      pause();
    }
  }

  /** The result of a future, Netty's or Java's; its failure is thrown as an AssertionError. */
  public static <T> T result(Future<T> future) {
    return result(USUAL, future);
  }

  /** The result of a future, Netty's or Java's; its failure is thrown as an AssertionError. */
  public static <T> T result(Duration limit, Future<T> future) {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("expected a result, got " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no result after " + limit.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Why a future failed; an AssertionError when it did not, or not in time. */
  public static Throwable failure(Future<?> future) {
    Object result;
    try {
      result = future.get(USUAL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return cause == null ? e : cause;
    } catch (TimeoutException e) {
      throw new AssertionError("no failure after " + USUAL.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    throw new AssertionError("expected a failure, got " + result);
  }

  static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static AssertionError interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AssertionError("interrupted while waiting", e);
  }
}
