package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;
import io.netty.util.concurrent.Future;
import java.time.Duration;

/**
 * Measures the round trip through an outbound: connect, ask, first byte of a right answer. Probes
 * are sessions of their own that enter no statistics; their number in flight is bounded.
 */
public interface Prober {
  /**
   * From any thread. Fails with a {@code SessionException} saying what went wrong; completes on one
   * of the engine's loops.
   */
  Future<Duration> probe(Outbound outbound, Network network, ProbeTarget target);

  /** The configured target: {@code health-check-url}, {@code -dns}, {@code -timeout}. */
  ProbeTarget target();
}
