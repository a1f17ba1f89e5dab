package com.github.shiroedev2024.leaf.android.library.delegate;

/** Is told on the main thread whether the service that runs Leaf can be reached. */
public interface ServiceListener {
  /** The service is bound. */
  void onConnect();

  /** The service is no longer bound, or it died. */
  void onDisconnect();

  /** The service cannot be bound. */
  void onError(Throwable throwable);
}
