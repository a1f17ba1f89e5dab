package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, and used on it only ({@link #size} from any thread). Sessions
 * that come while a connection is being made wait for that one.
 */
final class QuicPool {
  /** When it has so many, a new one takes the place of the first, whose streams go on. */
  static final int MAX_CONNECTIONS = 4;

  private final EventLoop loop;
  private final Function<Session, Future<QuicClient>> connect;
  private final List<QuicClient> connections = new CopyOnWriteArrayList<>();
  private @Nullable Future<QuicClient> connecting;
  private boolean closed;

  /**
   * @param connect makes a connection; the session is the one that needs it first
   */
  QuicPool(EventLoop loop, Function<Session, Future<QuicClient>> connect) {
    this.loop = loop;
    this.connect = connect;
  }

  /** A stream on the first connection that takes one, or on a new one. */
  Future<QuicStreamChannel> open(Session session) {
    Promise<QuicStreamChannel> opened = loop.newPromise();
    if (closed || session.isProbe()) {
      // What a new connection takes is what a probe is to measure.
      connect.apply(session).addListener((Future<QuicClient> made) -> only(made, opened));
    } else {
      open(session, opened);
    }
    return opened;
  }

  private void open(Session session, Promise<QuicStreamChannel> opened) {
    for (QuicClient each : connections) {
      if (each.takesMore()) {
        stream(each, opened);
        return;
      }
    }
    Future<QuicClient> making = connecting;
    if (making == null) {
      making = connect.apply(session);
      connecting = making;
      making.addListener((Future<QuicClient> made) -> made(made));
    }
    making.addListener(
        (Future<QuicClient> made) -> {
          if (opened.isDone()) {
            return;
          }
          if (!made.isSuccess()) {
            opened.tryFailure(SessionException.of(made.cause(), CloseReason.DIAL_FAILED));
          } else if (made.getNow().takesMore()) {
            stream(made.getNow(), opened);
          } else if (made.getNow().streams() > 0) {
            open(session, opened); // those who waited too have taken all that it gives
          } else {
            opened.tryFailure(
                new SessionException(
                    CloseReason.PROTOCOL_ERROR, "the server lets no stream be opened"));
          }
        });
  }

  private void made(Future<QuicClient> made) {
    connecting = null;
    if (!made.isSuccess()) {
      return;
    }
    QuicClient client = made.getNow();
    client.closed().addListener(gone -> connections.remove(client));
    if (closed) {
      loop.execute(client::retire); // behind those who wait for it
      return;
    }
    if (connections.size() == MAX_CONNECTIONS) {
      connections.removeFirst().retire();
    }
    connections.add(client);
  }

  private static void only(Future<QuicClient> made, Promise<QuicStreamChannel> opened) {
    if (!made.isSuccess()) {
      opened.tryFailure(SessionException.of(made.cause(), CloseReason.DIAL_FAILED));
      return;
    }
    stream(made.getNow(), opened);
    made.getNow().retire();
  }

  private static void stream(QuicClient client, Promise<QuicStreamChannel> opened) {
    client
        .open()
        .addListener(
            (Future<QuicStreamChannel> made) -> {
              if (!made.isSuccess()) {
                opened.tryFailure(made.cause());
              } else if (!opened.trySuccess(made.getNow())) {
                made.getNow().close();
              }
            });
  }

  /** Connections that take streams. */
  int size() {
    return connections.size();
  }

  /** Closes what carries nothing, and the rest as soon as that is true of it. */
  void close() {
    closed = true;
    connections.forEach(QuicClient::retire);
    connections.clear();
  }
}
