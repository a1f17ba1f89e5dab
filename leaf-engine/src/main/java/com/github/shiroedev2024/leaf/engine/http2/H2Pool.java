package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Dialer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of one outbound, for each event loop and server. */
public final class H2Pool {
  private final H2Request request;
  private final Outbound hop;
  private final Duration timeout;
  private final Map<EventLoop, OfLoop> loops = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param hop what a stream has passed
   * @param timeout how long a connection may take until the server's SETTINGS are there
   */
  public H2Pool(H2Request request, Outbound hop, Duration timeout) {
    this.request = request;
    this.hop = hop;
    this.timeout = timeout;
  }

  /** What one loop has. On that loop. */
  private static final class OfLoop {
    private final Map<Destination, List<H2Connection>> connections = new HashMap<>();
  }

  /**
   * Opens a stream to the server, over a connection there is or a new one. On the session's loop.
   */
  public Future<Channel> open(Session session, Destination server, Dialer below) {
    Promise<Channel> ready = session.loop().newPromise();
    List<H2Connection> connections =
        loops
            .computeIfAbsent(session.loop(), loop -> new OfLoop())
            .connections
            .computeIfAbsent(server, to -> new ArrayList<>(2));
    for (H2Connection each : connections) {
      if (each.takes()) {
        each.open(ready);
        return ready;
      }
    }
    H2Connection fresh =
        new H2Connection(
            request, hop, server, timeout, () -> closed, gone -> remove(session.loop(), gone));
    connections.add(fresh);
    fresh.open(ready);
    fresh.dial(session, below);
    return ready;
  }

  private void remove(EventLoop loop, H2Connection gone) {
    OfLoop own = loops.get(loop);
    if (own == null) {
      return;
    }
    List<H2Connection> connections = own.connections.get(gone.server());
    if (connections != null && connections.remove(gone) && connections.isEmpty()) {
      own.connections.remove(gone.server());
    }
  }

  /** Closes each connection behind its last stream. From any thread; idempotent. */
  public void close() {
    closed = true;
    loops.forEach((loop, own) -> loop.execute(() -> closeIdle(own)));
  }

  private static void closeIdle(OfLoop own) {
    List<H2Connection> all = new ArrayList<>(); // each that closes leaves the lists
    own.connections.values().forEach(all::addAll);
    all.forEach(H2Connection::closeIfIdle);
  }
}
