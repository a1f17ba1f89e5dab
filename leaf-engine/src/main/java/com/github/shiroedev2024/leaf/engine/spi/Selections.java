package com.github.shiroedev2024.leaf.engine.spi;

import org.jspecify.annotations.Nullable;

/** Remembers which member the user picked in each select group, over restarts. Thread-safe. */
public interface Selections {
  /** The remembered member of this group, or null. */
  @Nullable String selected(String group);

  /** Remembers, without blocking the caller on the disk. */
  void select(String group, String member);
}
