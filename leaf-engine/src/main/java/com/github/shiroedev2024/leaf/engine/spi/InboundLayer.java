package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.Channel;
import java.util.function.Consumer;

/**
 * The server side of a transport: makes of each client connection a stream, or several, that the
 * next part of an inbound chain serves. Shared by all event loops; what it hands on lives on the
 * loop of the channel it came from.
 *
 * <p>A stream handed on obeys what {@link Outbound} says of a dialled one: bytes at the tail,
 * {@code ChannelInputShutdownEvent} at the end of input, {@link EndOfStream} to end the output,
 * {@code autoRead} on until somebody turns it off. A stream with a channel of its own tells where
 * it came from by {@link ClientOrigin}.
 */
public interface InboundLayer extends AutoCloseable {
  /**
   * Installs its handlers on a client's stream; {@code next} is called once for each stream that
   * comes of it, before the first read of that one. Closes the channel when the handshake fails or
   * takes longer than {@link EngineOptions#INBOUND_ACCEPT_TIMEOUT}.
   */
  void accept(Channel client, Consumer<Channel> next);

  /**
   * For layers over UDP: installs its handlers on a bound UDP socket. The handlers are taken out
   * again by {@link Inbound#detach}.
   */
  default void attach(Channel udp, Consumer<Channel> next) {
    throw new IllegalStateException("not a layer over UDP");
  }

  /** Ends timers and watches; connections go on. Idempotent. */
  @Override
  default void close() {}
}
