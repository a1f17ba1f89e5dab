package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection that no protocol has understood yet: some are served at once, the
 * others wait for their turn. A connection on which too many wait for too long is given up. On the
 * connection's loop.
 */
final class StreamBacklog {
  private final EventLoop loop;
  private final Consumer<Channel> next;
  private final Runnable giveUp;
  private final int concurrency;
  private final int size;
  private final long patienceNanos;
  private final ArrayDeque<Channel> waiting = new ArrayDeque<>(0);
  private int served;
  private @Nullable Future<?> deadline;

  /**
   * @param next serves a stream
   * @param giveUp closes the connection
   */
  StreamBacklog(EventLoop loop, EngineOptions options, Consumer<Channel> next, Runnable giveUp) {
    this.loop = loop;
    this.next = next;
    this.giveUp = giveUp;
    this.concurrency = options.get(EngineOptions.INCOMING_ACCEPT_CONCURRENCY);
    this.size = options.get(EngineOptions.QUIC_ACCEPT_CHANNEL_SIZE);
    this.patienceNanos = options.get(EngineOptions.QUIC_ACCEPT_QUEUE_TIMEOUT).toNanos();
  }

  /** Takes a stream that is not read yet. */
  void add(Channel stream) {
    if (served < concurrency) {
      serve(stream);
      return;
    }
    stream.config().setAutoRead(false);
    waiting.add(stream);
    stream
        .closeFuture()
        .addListener(
            closed -> {
              if (waiting.remove(stream)) {
                measure();
              }
            });
    measure();
  }

  private void serve(Channel stream) {
    served++;
    boolean[] over = {false};
    Runnable done =
        () -> {
          if (!over[0]) {
            over[0] = true;
            served--;
            serveNext();
          }
        };
    ClientOrigin.whenUnderstood(stream, done);
    stream.closeFuture().addListener(closed -> done.run());
    next.accept(stream);
  }

  private void serveNext() {
    if (served < concurrency && !waiting.isEmpty()) {
      Channel stream = waiting.remove();
      measure();
      serve(stream);
      stream.config().setAutoRead(true);
    }
  }

  private void measure() {
    boolean full = waiting.size() >= size;
    if (full && deadline == null) {
      deadline = loop.schedule(giveUp, patienceNanos, TimeUnit.NANOSECONDS);
    } else if (!full && deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /** The connection is no more. */
  void close() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
    waiting.clear();
  }
}
