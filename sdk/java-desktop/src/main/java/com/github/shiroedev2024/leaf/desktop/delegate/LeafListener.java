package com.github.shiroedev2024.leaf.desktop.delegate;

import org.jspecify.annotations.Nullable;

/** Is told on a thread of the SDK what becomes of the runtime; must not block for long. */
public interface LeafListener {
  /** The runtime begins to start. */
  default void onLeafStarting() {}

  /** The runtime runs. */
  default void onLeafStarted() {}

  /** This program has had the configuration reloaded. */
  default void onLeafReloaded() {}

  /** The runtime begins to stop. */
  default void onLeafStopping() {}

  /** The runtime does not run. */
  default void onLeafStopped() {}

  /** The runtime did not start or failed; the text says why, if that is known. */
  default void onLeafError(@Nullable String error) {}
}
