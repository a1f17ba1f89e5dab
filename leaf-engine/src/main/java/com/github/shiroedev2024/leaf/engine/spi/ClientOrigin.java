package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where a client's stream came from, whatever it was carried in. Layers note it on the channels
 * they make; a plain socket needs no note.
 */
public final class ClientOrigin {
  private static final AttributeKey<InetSocketAddress> SOURCE =
      AttributeKey.valueOf(ClientOrigin.class, "source");
  private static final AttributeKey<String> FORWARDED =
      AttributeKey.valueOf(ClientOrigin.class, "forwarded");
  private static final AttributeKey<Runnable> OPENED =
      AttributeKey.valueOf(ClientOrigin.class, "opened");
  private static final InetSocketAddress UNKNOWN = new InetSocketAddress("0.0.0.0", 0);

  private ClientOrigin() {}

  /** The client's own end; port 0 of 0.0.0.0 when the socket closed before anybody asked. */
  public static InetSocketAddress source(Channel client) {
    for (Channel at = client; at != null; at = at.parent()) {
      InetSocketAddress noted = at.attr(SOURCE).get();
      if (noted != null) {
        return noted;
      }
      if (at.remoteAddress() instanceof InetSocketAddress address) {
        return address;
      }
    }
    return UNKNOWN;
  }

  /** Our own end of the socket that the client's stream came in by. */
  public static InetSocketAddress reached(Channel client) {
    for (Channel at = client; at != null; at = at.parent()) {
      if (at.localAddress() instanceof InetSocketAddress address) {
        return address;
      }
    }
    return UNKNOWN;
  }

  /** Starts the session of a client's stream, noting where the client is. On the stream's loop. */
  public static Session open(
      Dispatcher dispatcher,
      Network network,
      String inboundTag,
      Channel client,
      Destination destination,
      @Nullable String userId) {
    understood(client);
    Session session =
        dispatcher.open(
            network, inboundTag, source(client), destination, userId, client.eventLoop());
    session.forwardedSource(forwarded(client));
    return session;
  }

  /**
   * Has this run once a protocol has understood what the client of this stream wants and begins its
   * session, for layers that bound how many are not that far. On the stream's loop.
   */
  public static void whenUnderstood(Channel stream, Runnable action) {
    stream.attr(OPENED).set(action);
  }

  private static void understood(Channel client) {
    for (Channel at = client; at != null; at = at.parent()) {
      Runnable action = at.attr(OPENED).getAndSet(null);
      if (action != null) {
        action.run();
      }
    }
  }

  /** Notes the client's end on a channel that has no such address itself. */
  public static void source(Channel client, InetSocketAddress address) {
    client.attr(SOURCE).set(address);
  }

  /** Whom a proxy in front says that it speaks for, such as the last hop's address; or null. */
  public static @Nullable String forwarded(Channel client) {
    for (Channel at = client; at != null; at = at.parent()) {
      String noted = at.attr(FORWARDED).get();
      if (noted != null) {
        return noted;
      }
    }
    return null;
  }

  /** Notes whom a proxy in front speaks for. */
  public static void forwarded(Channel client, String address) {
    client.attr(FORWARDED).set(address);
  }
}
