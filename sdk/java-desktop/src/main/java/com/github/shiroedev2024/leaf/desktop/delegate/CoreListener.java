package com.github.shiroedev2024.leaf.desktop.delegate;

import org.jspecify.annotations.Nullable;

/** Is told on a thread of the SDK what becomes of the core; must not block for long. */
public interface CoreListener {
  /** The core begins to start. */
  default void onCoreStarting() {}

  /** The core runs. */
  default void onCoreStarted() {}

  /** The core begins to end. */
  default void onCoreStopping() {}

  /** No core runs. */
  default void onCoreStopped() {}

  /** The core did not start or cannot be followed; the text says why, if that is known. */
  default void onCoreError(@Nullable String error) {}
}
