package com.github.shiroedev2024.leaf.android.library.delegate;

import com.github.shiroedev2024.leaf.android.library.LeafException;

/**
 * Is told on the main thread how a change of the configuration goes: updating, then one outcome.
 */
public interface SubscriptionCallback {
  /** The work has begun. */
  void onSubscriptionUpdating();

  /** The new configuration is in place. */
  void onSubscriptionSuccess();

  /** The configuration stays as it was; the exception's message says why. */
  void onSubscriptionFailure(LeafException exception);
}
