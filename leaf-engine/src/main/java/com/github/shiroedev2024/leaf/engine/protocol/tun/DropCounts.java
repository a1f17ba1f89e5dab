package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.packet.Drop;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** How many packets went no further, by reason. Thread-safe. */
final class DropCounts {
  private final LongAdder[] counts = new LongAdder[Drop.values().length];

  DropCounts() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(Drop why) {
    counts[why.ordinal()].increment();
  }

  long of(Drop why) {
    return counts[why.ordinal()].sum();
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
