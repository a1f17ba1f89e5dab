package com.github.shiroedev2024.leaf.engine.transport.amux;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One outbound's connections on one event loop. On that loop. */
final class AmuxPool {
  /** How often connections that take no more streams, and have none, are looked for. */
  private static final long SWEEP_SECONDS = 5;

  private final EventLoop loop;
  private final List<AmuxClient> connections = new ArrayList<>(2);
  private boolean sweeping;
  private boolean closed;

  AmuxPool(EventLoop loop) {
    this.loop = loop;
  }

  long now() {
    return loop.ticker().nanoTime();
  }

  /** A connection that takes one more stream, any of them; null when there is none. */
  @Nullable AmuxClient usable() {
    int count = connections.size();
    int first = count < 2 ? 0 : ThreadLocalRandom.current().nextInt(count);
    for (int i = 0; i < count; i++) {
      AmuxClient connection = connections.get((first + i) % count);
      if (connection.takesMore()) {
        return connection;
      }
    }
    return null;
  }

  void add(AmuxClient connection) {
    connections.add(connection);
    sweepLater();
  }

  void remove(AmuxClient connection) {
    connections.remove(connection);
  }

  /** A stream of this connection has ended. */
  void streamGone(AmuxClient connection) {
    if (connection.streams() == 0 && (closed || connection.isForOne())) {
      connection.retire();
    }
  }

  private void sweepLater() {
    if (!sweeping && !connections.isEmpty()) {
      sweeping = true;
      loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    for (AmuxClient connection : List.copyOf(connections)) {
      if (connection.streams() == 0 && (closed || connection.hasReachedLimit())) {
        connection.retire();
      }
    }
    sweepLater();
  }

  /** Closes what carries nothing, and the rest as soon as that is true of it. */
  void close() {
    closed = true;
    sweep();
  }
}
