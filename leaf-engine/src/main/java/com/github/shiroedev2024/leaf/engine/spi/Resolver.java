package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;

/** Names to addresses. */
public interface Resolver extends AutoCloseable {
  /** Which way the query goes. */
  enum Lookup {
    /** By Leaf's own sockets: names of proxy servers, destinations of {@code direct}. */
    DIRECT,
    /** Through the dispatcher, as traffic of inbound {@code dnsclient}: for rules. */
    ROUTED
  }

  /**
   * Looks a name up: IP literal, cache, hosts, servers. Completes on {@code loop} with at least one
   * address, the preferred family first, or fails with a {@code SessionException} of reason {@code
   * RESOLVE_FAILED} that names the name and the servers' answers.
   */
  Future<List<InetAddress>> resolve(String name, Lookup lookup, EventLoop loop);

  /**
   * As the other one, for the addresses of one family alone, whatever families the engine uses
   * itself. Where the servers know that there is none, the failure's cause is a {@link
   * NoSuchAddress}.
   */
  default Future<List<InetAddress>> resolve(
      String name, boolean six, Lookup lookup, EventLoop loop) {
    throw new IllegalStateException("the families are not told apart here");
  }

  /** Tells that this address of the name worked, so that it is tried first next time. */
  void worked(String name, InetAddress address);

  @Override
  void close();
}
