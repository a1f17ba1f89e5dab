package com.github.shiroedev2024.leaf.android.library.delegate;

import org.jspecify.annotations.Nullable;

/** Is told on the main thread how the runtime fares. */
public interface LeafListener {
  /** The runtime begins to start. */
  void onStarting();

  /** The runtime has started. */
  void onStartSuccess();

  /** The runtime did not start; the message says why, if that is known. */
  void onStartFailed(@Nullable String message);

  /** The new configuration is live. */
  void onReloadSuccess();

  /** The new configuration was refused and the old one goes on; the message says why. */
  void onReloadFailed(@Nullable String message);

  /** The runtime has stopped. */
  void onStopSuccess();

  /** The runtime did not stop; the message says why, if that is known. */
  void onStopFailed(@Nullable String message);
}
