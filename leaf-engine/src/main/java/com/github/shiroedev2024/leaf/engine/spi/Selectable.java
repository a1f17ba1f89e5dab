package com.github.shiroedev2024.leaf.engine.spi;

/** A group whose member the user picks. */
public interface Selectable extends Group {
  /**
   * Picks the member for new sessions, and remembers the choice. From any thread.
   *
   * @return false when it has no member of that tag
   */
  boolean select(String member);
}
