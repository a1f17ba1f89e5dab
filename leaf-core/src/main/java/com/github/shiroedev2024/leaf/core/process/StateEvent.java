package com.github.shiroedev2024.leaf.core.process;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The core or the runtime has come into a phase.
 *
 * @param error why, in the phase {@link Phase#ERROR}
 */
public record StateEvent(Subject subject, Phase phase, @Nullable String error, Instant at) {
  /** Whose state it is. */
  public enum Subject {
    CORE,
    LEAF
  }
}
