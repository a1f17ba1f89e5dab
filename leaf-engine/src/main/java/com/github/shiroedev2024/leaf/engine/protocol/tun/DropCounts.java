package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.packet.Drop;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** How many packets went no further, by reason. Thread-safe. */
final class DropCounts {
  private final Map<Drop, LongAdder> counts = new EnumMap<>(Drop.class);

  DropCounts() {
    for (Drop why : Drop.values()) {
      counts.put(why, new LongAdder());
    }
  }

  private LongAdder counter(Drop why) {
    return Objects.requireNonNull(counts.get(why)); // each has one
  }

  void add(Drop why) {
    counter(why).increment();
  }

  long of(Drop why) {
    return counter(why).sum();
  }

  /** All that is not 0, for people; empty when nothing was dropped. */
  @Override
  public String toString() {
    StringJoiner all = new StringJoiner(", ");
    for (Drop why : Drop.values()) {
      long count = of(why);
      if (count > 0) {
        all.add(why.text() + " " + count);
      }
    }
    return all.toString();
  }
}
