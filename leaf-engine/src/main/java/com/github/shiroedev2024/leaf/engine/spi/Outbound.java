package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Hop;
import com.github.shiroedev2024.leaf.engine.session.Session;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.Set;

/**
 * Carries sessions: a node, a layer, a chain or a group. It is a function from the dialer below it
 * to a stream or association, so outbounds stack in any order. Immutable for callers and shared by
 * all event loops; each call runs on the session's loop and its future completes there.
 *
 * <p>Every implementation calls {@code Path.passed(channel, this)} on what it hands up, leaves
 * {@code autoRead} off, fails with {@code SessionException}, and closes what it opened when its
 * future was cancelled before it could complete. A write of {@code EndOfStream.INSTANCE} at the
 * tail ends the sending direction.
 */
public interface Outbound extends Hop, AutoCloseable {
  /** A stream to the destination, the outbound's own handshake done or begun. */
  Future<Channel> connect(Session session, Destination destination, Dialer below);

  /** A datagram path, see {@link Dialer#associate}; fails at once when it carries no UDP. */
  Future<Channel> associate(Session session, Destination first, Dialer below);

  /** Whether it can carry this network at all, as configured. */
  boolean carries(Network network);

  /**
   * Whether it can carry this network when what lies below it in a chain carries only these. A
   * protocol that frames datagrams on a stream needs {@code TCP} below for both.
   */
  default boolean carriesOver(Network network, Set<Network> below) {
    return carries(network) && below.contains(network);
  }

  @Override
  default boolean isGroup() {
    return false;
  }

  /**
   * Called once when the engine it belongs to goes live: timers and first health checks begin here,
   * not when it is built. From any thread; not called again when a reload keeps the object.
   */
  default void start() {}

  /** Ends timers and pooled connections; sessions that run over it go on. Idempotent. */
  @Override
  default void close() {}
}
