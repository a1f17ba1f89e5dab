package com.github.shiroedev2024.leaf.engine.os;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/**
 * Whether this machine can move bytes between sockets inside the kernel, and the pipes to do it
 * with: one pool for each event loop, one bound for all. Safe from any thread.
 */
public final class Splicing {
  private final Logger log;
  private final Map<EventLoop, Carriers> pools = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder streams = new LongAdder();
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile int maxPipes = Integer.MAX_VALUE;
  private volatile boolean ready;

  public Splicing(Logger log) {
    this.log = log;
  }

  /** At most this many pipes at once; who finds none left copies. */
  public void maxPipes(int max) {
    maxPipes = max;
  }

  /** Pipes that are open now, in use or kept. */
  public int pipes() {
    return open.get();
  }

  /**
   * Whether it can be done. The first call finds out on another thread, since linking the system's
   * functions takes longer than an event loop may stand still; until then, and where it cannot be
   * done, the answer is false.
   */
  public boolean ready() {
    if (!ready && asked.compareAndSet(false, true)) {
      ForkJoinPool.commonPool().execute(this::load);
    }
    return ready;
  }

  private void load() {
    if (!Transports.nativeAvailable()) {
      return; // nobody has sockets of the kind that it works on
    }
    try {
      var state = PipeCalls.newState();
      Pipe trial = Pipe.open(state);
      Pipe other = Pipe.open(state);
      try {
        // Both are empty: where the call is allowed it says so, elsewhere it fails.
        trial.tryInto(other);
        ready = true;
      } finally {
        trial.close();
        other.close();
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      Throwable why = e.getCause() == null ? e : e.getCause(); // of a class that did not load
      log.info("streams are copied: this system does not let Leaf splice them: {}", why.toString());
    }
  }

  /** Whether both ends are sockets that can be spliced, on one event loop. */
  public static boolean fits(Channel a, Channel b) {
    return a instanceof EpollSocketChannel
        && b instanceof EpollSocketChannel
        && a.eventLoop() == b.eventLoop();
  }

  /** The pool of a loop. */
  public Carriers pool(EventLoop loop, ByteBufAllocator allocator) {
    Carriers pool = pools.get(loop);
    return pool != null
        ? pool
        : pools.computeIfAbsent(loop, l -> new Carriers(this, allocator, PipeCalls.newState()));
  }

  /** Streams that were handed over since the start. */
  public long streams() {
    return streams.sum();
  }

  void entered() {
    streams.increment();
  }

  boolean acquire() {
    if (open.incrementAndGet() <= maxPipes) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void release() {
    open.decrementAndGet();
  }
}
