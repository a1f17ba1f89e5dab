package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Takes sessions from inbounds, decides where each goes, connects and relays. Every call is made on
 * the session's event loop, every answer comes there.
 */
public interface Dispatcher {
  /**
   * Starts a session: from here on it shows in the statistics until it has ended.
   *
   * @param userId the id of the authenticated user, or null
   */
  Session open(
      Network network,
      String inboundTag,
      InetSocketAddress source,
      Destination destination,
      @Nullable String userId,
      EventLoop loop);

  /**
   * Routes and connects the session, tells the client through {@code reply}, then relays until both
   * sides have ended. Owns {@code client} from here on. The caller has stopped reading ({@code
   * autoRead} off).
   */
  void serve(Session session, Channel client, ClientReply reply);

  /**
   * Routes and connects the session and answers the raw channel to the remote ({@code autoRead}
   * off), for inbounds that forward by themselves. The caller then counts the bytes, ends the
   * session, and closes the channel in the session's {@code onEnd}. On failure the session has
   * ended when the future completes; the cause is a {@code SessionException}.
   */
  Future<Channel> connect(Session session);

  /**
   * Relays raw bytes between the client and a channel that {@link #connect} gave, for inbounds that
   * spoke for themselves first (an HTTP upgrade). Calls {@code granted} of {@code reply} at once,
   * which removes the inbound's handlers from both pipelines. Owns both channels and counts from
   * here on.
   */
  void relay(Session session, Channel client, Channel remote, ClientReply reply);

  /**
   * Starts an association. The session ends when idle, when its outbound fails, or when the caller
   * closes it.
   */
  DatagramLink associate(Session session, DatagramSink client);
}
