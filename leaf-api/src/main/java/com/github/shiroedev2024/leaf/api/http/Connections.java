package com.github.shiroedev2024.leaf.api.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The open connections of one server: bounds their number and closes those on which nothing moves.
 * A connection that waits for its answer is not idle, however long the answer takes. On the
 * server's event loop only.
 */
final class Connections {
  private final Limits limits;
  private final IdentityHashMap<HttpConnection, Activity> open = new IdentityHashMap<>();

  Connections(Limits limits) {
    this.limits = limits;
  }

  void opened(HttpConnection connection) {
    if (open.size() >= limits.connections()) {
      connection.close();
      return;
    }
    open.put(connection, new Activity());
    connection.closeHandler(closed -> open.remove(connection));
  }

  int count() {
    return open.size();
  }

  /** A call is being answered. */
  void calling(HttpConnection connection) {
    mark(connection, true);
  }

  /** The server waits for the client: for it to take bytes, or to send a request. */
  void waiting(HttpConnection connection) {
    mark(connection, false);
  }

  private void mark(HttpConnection connection, boolean calling) {
    Activity activity = open.get(connection);
    if (activity != null) {
      activity.calling = calling;
      activity.since = System.nanoTime();
    }
  }

  /** Closes what has been idle for too long. */
  void sweep() {
    long now = System.nanoTime();
    List<HttpConnection> idle = new ArrayList<>();
    open.forEach(
        (connection, activity) -> {
          if (!activity.calling && now - activity.since > limits.idle().toNanos()) {
            idle.add(connection);
          }
        });
    idle.forEach(Connections::cut);
  }

  /**
   * Ends a connection with whatever its client has not taken. Closing it the public way, or through
   * the channel, has Vert.x wait until that is taken; from its own handler outwards nothing does.
   */
  private static void cut(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channelHandlerContext().close();
    } else {
      connection.close();
    }
  }

  private static final class Activity {
    private boolean calling;
    private long since = System.nanoTime();
  }
}
