package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The addresses 198.18.0.1 to 198.18.255.254 (of those that RFC 2544 keeps for measurements), those
 * that end in 0 and 255 left out. When all are given away the one not used for longest gets the
 * next name, but never one that a session uses, nor one that somebody was told of a moment ago and
 * is about to connect to.
 *
 * <p>Changes are made under one lock, once for a question or a session; {@link #name} takes none.
 */
public final class FakeAddressPool implements FakeAddresses {
  /** All there are. */
  public static final int SIZE = 256 * 254;

  private static final int NETWORK = 198 << 24 | 18 << 16;
  private static final int PREFIX = 16;

  /** How long an answer's address is kept from others: its TTL, and as much again to connect. */
  static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** One name and its address. */
  private static final class Entry {
    final String name;
    final int index;
    final InetAddress address;
    int uses; // lock
    long seenNanos; // lock

    Entry(String name, int index) {
      this.name = name;
      this.index = index;
      this.address = address(index);
    }
  }

  private final Ticker ticker;
  private final AtomicReferenceArray<@Nullable Entry> byIndex = new AtomicReferenceArray<>(SIZE);
  private final Object lock = new Object();
  private final Map<String, Entry> byName = new HashMap<>(); // lock

  /** Those that no session uses, the one not used for longest first. */
  private final Map<String, Entry> idle = new LinkedHashMap<>(); // lock

  private final ArrayDeque<Integer> free = new ArrayDeque<>(); // lock
  private int fresh; // lock
  private int limit = SIZE; // lock

  public FakeAddressPool(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Bounds how many names have an address. Names that are too many go as soon as nobody uses them.
   *
   * @param names 1 to {@link #SIZE}
   */
  public void limit(int names) {
    synchronized (lock) {
      limit = names;
      shrink();
    }
  }

  /** How many names have an address. */
  public int size() {
    synchronized (lock) {
      return byName.size();
    }
  }

  @Override
  public @Nullable InetAddress give(String name) {
    synchronized (lock) {
      Entry known = byName.get(name);
      if (known == null) {
        Integer index = place();
        if (index == null) {
          return null;
        }
        known = new Entry(name, index);
        byName.put(name, known);
        byIndex.set(index, known);
      }
      seen(known);
      return known.address;
    }
  }

  /** Notes that the entry was used now. Under the lock. */
  private void seen(Entry entry) {
    entry.seenNanos = ticker.nanoTime();
    idle.remove(entry.name);
    if (entry.uses == 0) {
      idle.put(entry.name, entry);
    }
  }

  /** A place for a new name, taken from another one if there is none left. Under the lock. */
  private @Nullable Integer place() {
    while (byName.size() >= limit) {
      if (!evict()) {
        return null;
      }
    }
    Integer freed = free.poll();
    return freed != null ? freed : Integer.valueOf(fresh++);
  }

  /** Forgets the name not used for longest; false when none may go. Under the lock. */
  private boolean evict() {
    if (idle.isEmpty()) {
      return false;
    }
    Entry oldest = idle.values().iterator().next();
    if (ticker.nanoTime() - oldest.seenNanos < HOLD_NANOS) {
      return false;
    }
    idle.remove(oldest.name);
    byName.remove(oldest.name);
    byIndex.set(oldest.index, null);
    free.add(oldest.index);
    return true;
  }

  private void shrink() {
    while (byName.size() > limit && evict()) {
      // each makes it one smaller
    }
  }

  @Override
  public boolean inRange(long address) {
    return (int) address >> PREFIX == NETWORK >> PREFIX;
  }

  private @Nullable Entry entry(long address) {
    int last = (int) address & 0xff;
    if (!inRange(address) || last == 0 || last == 255) {
      return null;
    }
    return byIndex.get(((int) address >> 8 & 0xff) * 254 + last - 1);
  }

  private static InetAddress address(int index) {
    byte[] bytes = {(byte) 198, 18, (byte) (index / 254), (byte) (index % 254 + 1)};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public @Nullable String name(long address) {
    Entry entry = entry(address);
    return entry == null ? null : entry.name;
  }

  @Override
  public @Nullable Use use(long address) {
    synchronized (lock) {
      Entry entry = entry(address);
      if (entry == null) {
        return null;
      }
      entry.uses++;
      seen(entry);
      return new Claim(entry);
    }
  }

  private final class Claim implements Use {
    private final Entry entry;
    private boolean closed; // lock

    Claim(Entry entry) {
      this.entry = entry;
    }

    @Override
    public String name() {
      return entry.name;
    }

    @Override
    public void close() {
      synchronized (lock) {
        if (!closed) {
          closed = true;
          entry.uses--;
          seen(entry);
          shrink();
        }
      }
    }
  }
}
