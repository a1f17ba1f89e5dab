package com.github.shiroedev2024.leaf.engine.sniff;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that DNS servers gave addresses for, of the addresses that were answered or asked for
 * last. They do not expire: a client may use an address for longer than the answer was good.
 * Thread-safe; the lock is held for one map operation.
 */
public final class KnownNames {
  /** As many as the open engine keeps. */
  static final int MAX = 2048;

  private final Map<InetAddress, String> names =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, String> eldest) {
          return size() > MAX;
        }
      };

  /** Notes whose address it is; the last name counts. */
  synchronized void note(InetAddress address, String name) {
    names.put(address, name);
  }

  /** The name that this address was last given for, or null. */
  public synchronized @Nullable String of(InetAddress address) {
    return names.get(address);
  }

  /** Forgets all. */
  public synchronized void clear() {
    names.clear();
  }

  synchronized int size() {
    return names.size();
  }
}
