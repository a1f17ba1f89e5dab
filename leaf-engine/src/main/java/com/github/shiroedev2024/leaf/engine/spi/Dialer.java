package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/**
 * Opens what an outbound runs on: the system's sockets, or the outbound below it in a chain. All on
 * the session's event loop; failures are {@code SessionException}s. A channel is handed over with
 * {@code autoRead} off. Cancelling the future closes what was opened or still comes.
 */
public interface Dialer {
  /** A byte stream to the destination: {@code ByteBuf}s at the tail of the channel's pipeline. */
  Future<Channel> dial(Session session, Destination destination);

  /**
   * A datagram path: {@link Datagram}s at the tail of the channel's pipeline, each with its own
   * peer.
   *
   * @param first the peer of the first datagram, for paths that need one to be opened
   */
  Future<Channel> associate(Session session, Destination first);

  /** Whether it opens the system's own sockets: nothing lies below, and it reaches no server. */
  default boolean isSystem() {
    return false;
  }
}
