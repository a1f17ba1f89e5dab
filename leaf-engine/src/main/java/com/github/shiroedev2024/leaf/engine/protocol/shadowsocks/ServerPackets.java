package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * What the editions do differently with the packets of a server's UDP socket. On its event loop.
 */
interface ServerPackets {
  /** One client's side of a session, as long as the session is remembered. */
  interface Peer {
    /** What the traffic counts under. */
    @Nullable String userId();

    /**
     * Seals a datagram that comes from this source; leaves the content to the caller to release.
     */
    ByteBuf seal(ByteBufAllocator alloc, Destination source, ByteBuf content)
        throws BadHeaderException;
  }

  /** The sessions that are remembered. */
  interface Known {
    /** The peer of this session, or null. */
    @Nullable Peer peer(Object session);
  }

  /**
   * A packet that was opened.
   *
   * @param session what the client's session is known by
   * @param peer the peer that is known, or a new one
   */
  record Opened(Object session, Peer peer, Datagram datagram) {}

  /** Opens a packet; the caller releases it. */
  Opened open(ByteBufAllocator alloc, InetSocketAddress from, ByteBuf packet, Known known)
      throws AEADBadTagException, BadHeaderException;

  /** How long a session must be remembered after its last packet, lest it be replayed. */
  Duration memory();
}
