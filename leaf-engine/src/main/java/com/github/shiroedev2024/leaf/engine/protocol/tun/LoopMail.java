package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that one queue's thread has for one event loop: handed over many at a time, so that the
 * loop is woken once for all that was there to read. On the queue's thread.
 */
final class LoopMail {
  private static final int BATCH = 64;

  /** Datagrams a busy loop may be behind by; more are dropped, as UDP allows. */
  private static final int MAX_WAITING = 4096;

  private final EventLoop loop;
  private final AtomicInteger waiting = new AtomicInteger();
  private @Nullable Batch batch;

  LoopMail(EventLoop loop) {
    this.loop = loop;
  }

  /** Whether the loop is too far behind to be given more. */
  boolean full() {
    return waiting.get() >= MAX_WAITING;
  }

  /** Takes ownership of the datagram. */
  void add(UdpFlow flow, Datagram datagram, TunInbound inbound) {
    Batch to = batch;
    if (to == null) {
      to = new Batch(loop, inbound, waiting);
      batch = to;
    }
    waiting.incrementAndGet();
    flow.underway(1);
    to.flows[to.count] = flow;
    to.datagrams[to.count++] = datagram;
    if (to.count == BATCH || to.inbound != inbound) {
      flush();
    }
  }

  /** Hands over what there is. */
  void flush() {
    Batch full = batch;
    if (full == null) {
      return;
    }
    batch = null;
    try {
      loop.execute(full);
    } catch (RejectedExecutionException e) {
      full.discard(); // the loops have ended, and all sessions with them
    }
  }

  private static final class Batch implements Runnable {
    final TunInbound inbound;
    final AtomicInteger waiting;
    final UdpFlow[] flows = new UdpFlow[BATCH];
    final Datagram[] datagrams = new Datagram[BATCH];
    final EventLoop loop;
    int count;
    private boolean sent;

    Batch(EventLoop loop, TunInbound inbound, AtomicInteger waiting) {
      this.loop = loop;
      this.inbound = inbound;
      this.waiting = waiting;
    }

    @Override
    public void run() {
      if (sent) {
        arrived();
        return;
      }
      sent = true;
      waiting.addAndGet(-count);
      for (int i = 0; i < count; i++) {
        flows[i].send(datagrams[i], inbound);
      }
      loop.execute(this); // once more, behind the flushes that sending has asked for
    }

    private void arrived() {
      for (int i = 0; i < count; i++) {
        flows[i].underway(-1);
      }
    }

    void discard() {
      for (int i = 0; i < count; i++) {
        datagrams[i].release();
      }
      arrived();
    }
  }
}
