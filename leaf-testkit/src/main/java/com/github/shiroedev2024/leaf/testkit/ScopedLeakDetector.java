package com.github.shiroedev2024.leaf.testkit;

import io.netty.util.LeakPresenceDetector;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Netty's presence detector with one scope per test class, so that a leak is blamed on the class
 * that made it. Surefire names it in {@code io.netty.customResourceLeakDetector}; Netty builds it.
 */
public final class ScopedLeakDetector<T> extends LeakPresenceDetector<T> {
  private static final AtomicReference<ResourceScope> CURRENT =
      new AtomicReference<>(new ResourceScope("outside of all checked test classes"));

  public ScopedLeakDetector(Class<?> resourceType) {
    super(resourceType);
  }

  // Netty looks this and the next constructor up by their signatures.
  public ScopedLeakDetector(Class<?> resourceType, int samplingInterval) {
    super(resourceType);
  }

  public ScopedLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
    super(resourceType);
  }

  @Override
  protected ResourceScope currentScope() {
    return CURRENT.get();
  }

  /** What is allocated from now on belongs to a new scope; answers the old one. */
  static ResourceScope enter(ResourceScope scope) {
    return CURRENT.getAndSet(scope);
  }
}
