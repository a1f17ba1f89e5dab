package com.github.shiroedev2024.leaf.engine.os;

import java.lang.management.ManagementFactory;

/** How many connections the process's descriptor limit allows. */
public final class DescriptorLimit {
  /** Jars, listeners, event loops, DNS and API sockets, probes. */
  private static final int RESERVED = 400;

  private DescriptorLimit() {}

  /**
   * The number of client connections to hold at most: each takes two descriptors, its own and the
   * remote's.
   *
   * @param configured 0 for what the limit allows; more than that is cut down to it
   */
  public static int maxConnections(int configured) {
    long allowed = Integer.MAX_VALUE;
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
      allowed = Math.max(16, (unix.getMaxFileDescriptorCount() - RESERVED) / 2);
    }
    return (int) (configured == 0 ? Math.min(allowed, 1_000_000) : Math.min(allowed, configured));
  }
}
