package com.github.shiroedev2024.leaf.engine.group.failover;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which member last reached a destination that the first member could not. Bounded; the least
 * recently used goes first. A lock guards it: it is asked once per session, for a moment.
 */
final class FallbackCache {
  private final int size;
  private final long timeoutNanos;
  private final Ticker ticker;
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private record Entry(Outbound member, long usedNanos) {}

  FallbackCache(int size, Duration timeout, Ticker ticker) {
    this.size = size;
    this.timeoutNanos = timeout.toNanos();
    this.ticker = ticker;
  }

  /** The member remembered, or null; being asked for counts as use. */
  synchronized @Nullable Outbound get(Destination destination) {
    String key = destination.toString();
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    long now = ticker.nanoTime();
    if (now - entry.usedNanos >= timeoutNanos) {
      entries.remove(key);
      return null;
    }
    entries.put(key, new Entry(entry.member, now));
    return entry.member;
  }

  synchronized void put(Destination destination, Outbound member) {
    entries.put(destination.toString(), new Entry(member, ticker.nanoTime()));
    if (entries.size() > size) {
      Map.Entry<String, Entry> eldest = entries.firstEntry();
      entries.remove(eldest.getKey());
    }
  }

  synchronized void remove(Destination destination) {
    entries.remove(destination.toString());
  }
}
