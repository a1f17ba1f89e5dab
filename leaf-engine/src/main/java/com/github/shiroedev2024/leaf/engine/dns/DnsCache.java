package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembered answers, by name and address family; in each family the names that were used least
 * recently go first when it is full. It may be handed from one resolver to the next on a reload.
 * Thread-safe; the lock is held for one map operation.
 */
public final class DnsCache {
  /**
   * An answer: addresses, or why there are none.
   *
   * @param failure null when there are addresses
   */
  record Known(List<InetAddress> addresses, @Nullable SessionException failure, long expires) {}

  private final Ticker ticker;
  private final Map<String, Known> four;
  private final Map<String, Known> six;

  /**
   * @param names kept in each family, at least 1
   */
  public DnsCache(int names, Ticker ticker) {
    this.ticker = ticker;
    this.four = lru(names);
    this.six = lru(names);
  }

  private static Map<String, Known> lru(int names) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
        return size() > names;
      }
    };
  }

  /** What is known and still good, or null. */
  synchronized @Nullable Known get(String name, RecordType type) {
    Known entry = family(type).get(name);
    if (entry != null && entry.expires - ticker.nanoTime() <= 0) {
      family(type).remove(name);
      return null;
    }
    return entry;
  }

  synchronized void put(String name, RecordType type, List<InetAddress> addresses, Duration life) {
    family(type).put(name, new Known(addresses, null, ticker.nanoTime() + life.toNanos()));
  }

  synchronized void putFailure(
      String name, RecordType type, SessionException failure, Duration life) {
    family(type).put(name, new Known(List.of(), failure, ticker.nanoTime() + life.toNanos()));
  }

  /** Moves the address to the front of the name's list, if both are still known. */
  synchronized void prefer(String name, InetAddress address) {
    Map<String, Known> family = family(RecordType.of(address));
    Known entry = family.get(name);
    if (entry == null
        || entry.addresses.size() < 2
        || entry.addresses.getFirst().equals(address)
        || !entry.addresses.contains(address)) {
      return;
    }
    List<InetAddress> moved = new ArrayList<>(entry.addresses);
    moved.remove(address);
    moved.addFirst(address);
    family.put(name, new Known(List.copyOf(moved), null, entry.expires));
  }

  /** Answers held now, both families together. */
  public synchronized int size() {
    return four.size() + six.size();
  }

  private Map<String, Known> family(RecordType type) {
    return type == RecordType.A ? four : six;
  }
}
