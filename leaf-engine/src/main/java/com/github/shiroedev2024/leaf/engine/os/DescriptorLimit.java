package com.github.shiroedev2024.leaf.engine.os;

import java.lang.management.ManagementFactory;

/** How many connections and pipes the process's descriptor limit allows. */
public final class DescriptorLimit {
  /** Jars, listeners, event loops, DNS and API sockets, probes. */
  private static final int RESERVED = 400;

  /** Pipes get one descriptor of each 32 at most. */
  private static final int PER_PIPE = 64;

  private DescriptorLimit() {}

  /**
   * The number of client connections to hold at most: each takes two descriptors, its own and the
   * remote's.
   *
   * @param configured 0 for what the limit allows; more than that is cut down to it
   * @param pipes of {@link #maxPipes}, each of which takes two more
   */
  public static int maxConnections(int configured, int pipes) {
    long limit = limit();
    long allowed =
        limit == Long.MAX_VALUE ? Integer.MAX_VALUE : Math.max(16, (limit - RESERVED) / 2 - pipes);
    return (int) (configured == 0 ? Math.min(allowed, 1_000_000) : Math.min(allowed, configured));
  }

  /** The number of pipes to hold at most: as configured, or what the limit allows. */
  public static int maxPipes(int configured) {
    return (int) Math.min(configured, limit() / PER_PIPE);
  }

  private static long limit() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
