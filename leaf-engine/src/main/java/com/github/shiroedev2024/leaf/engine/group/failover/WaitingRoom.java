package com.github.shiroedev2024.leaf.engine.group.failover;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that wait for the first check, at most so many. From any thread: whoever removes an
 * entry runs it, so each runs once.
 */
final class WaitingRoom {
  static final int MAX_WAITING = 4096;

  private final Set<Entry> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;

  /** One that waits; compared by identity. */
  static final class Entry {
    private final Runnable proceed;

    private Entry(Runnable proceed) {
      this.proceed = proceed;
    }
  }

  /**
   * Keeps {@code proceed} until the check is over, or runs it at once when that has happened
   * already or the room is full. It must hop to its own loop by itself.
   */
  Entry enter(Runnable proceed) {
    Entry entry = new Entry(proceed);
    if (!open || waiting.size() >= MAX_WAITING) {
      proceed.run();
      return entry;
    }
    waiting.add(entry);
    if (!open && waiting.remove(entry)) {
      proceed.run();
    }
    return entry;
  }

  /** It need not run any more. */
  void leave(Entry entry) {
    waiting.remove(entry);
  }

  /** The check is over: all that wait run, and from now on nobody waits. */
  void release() {
    open = false;
    for (Entry entry : List.copyOf(waiting)) {
      if (waiting.remove(entry)) {
        entry.proceed.run();
      }
    }
  }
}
