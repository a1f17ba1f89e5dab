package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.Channel;

/**
 * Speaks one protocol to clients. It does not own the listening socket, which outlives it over a
 * reload; it is handed each accepted connection.
 */
public interface Inbound {
  String tag();

  /**
   * Installs the protocol's handlers on a newly accepted connection. On the channel's event loop,
   * before the first read; {@code autoRead} is on. The inbound must close the channel when the
   * handshake fails or takes longer than {@link EngineOptions#INBOUND_ACCEPT_TIMEOUT}.
   */
  void accept(Channel client);
}
