package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;
import io.netty.channel.Channel;
import java.util.EnumSet;
import java.util.Set;

/**
 * Speaks one protocol to clients. It does not own the listening sockets, which outlive it over a
 * reload; it is handed each accepted connection, and the UDP socket if it asks for one.
 */
public interface Inbound extends AutoCloseable {
  String tag();

  /** The kinds of socket to listen on, on one address and port. */
  default Set<Network> networks() {
    return EnumSet.of(Network.TCP);
  }

  /**
   * Installs the protocol's handlers on a newly accepted connection, or on a stream that a layer
   * made of one. On the channel's event loop, before the first read; {@code autoRead} is on. The
   * inbound must close the channel when the handshake fails or takes longer than {@link
   * EngineOptions#INBOUND_ACCEPT_TIMEOUT}. {@link ClientOrigin} tells where the client is.
   */
  void accept(Channel client);

  /**
   * Installs the protocol's handlers on the bound UDP socket. On the socket's event loop, before
   * its first read; called only when {@link #networks} names UDP.
   */
  default void attach(Channel udp) {
    throw new IllegalStateException("inbound '" + tag() + "' does not listen on UDP");
  }

  /**
   * Takes out what {@link #attach} installed and ends what depends on it: a reload gives the socket
   * to another inbound. On the socket's event loop.
   */
  default void detach(Channel udp) {
    while (udp.pipeline().last() != null) {
      udp.pipeline().removeLast();
    }
  }

  /** Ends timers and watches; connections go on. Idempotent. */
  @Override
  default void close() {}
}
