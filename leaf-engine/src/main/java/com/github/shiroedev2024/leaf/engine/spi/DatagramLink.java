package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** The way from a client's association to the remote. On the session's event loop. */
public interface DatagramLink {
  /**
   * Sends one datagram; takes ownership. It is queued while the outbound is being associated, and
   * dropped when the bounded queue is full or the session has ended.
   */
  void send(Datagram datagram);

  /**
   * The channel whose socket the datagrams leave by as they are, to the addresses they name:
   * whoever can may use that socket beside this link, and tells it by {@link #moved}. Null when
   * there is none yet, or something stands between that changes or wraps datagrams.
   */
  default @Nullable Channel socket() {
    return null;
  }

  /**
   * Counts payload bytes that went by the {@link #socket} beside this link.
   *
   * @param byDns whether the last datagram received came from a DNS server
   */
  default void moved(long sent, long received, boolean byDns) {}
}
