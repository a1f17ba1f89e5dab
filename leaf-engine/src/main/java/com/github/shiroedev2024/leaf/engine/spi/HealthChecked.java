package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.util.concurrent.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group that orders its members by health checks (failover, url-test). */
public interface HealthChecked extends Group {
  /**
   * What the group knows of a member, in the order it tries them for TCP.
   *
   * @param millis the last check's mean round trip over TCP; null when it failed or never ran
   * @param selected whether new TCP sessions try it first
   */
  record Actor(String name, @Nullable Double millis, boolean selected) {}

  /** In the order TCP sessions try them. From any thread. */
  List<Actor> actors();

  /** Checks all members now, TCP and UDP; completes when done. From any thread. */
  Future<Void> checkNow();
}
