package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import java.util.HashSet;
import java.util.Set;

/**
 * The salts of streams that were served, so that none is served twice. Exact: it holds the salts
 * themselves, in two generations, of which the older is forgotten when the newer is full or has
 * become old. Only salts of authentic streams come in. Safe from any thread.
 */
final class SaltPool {
  /** A salt of 16 or 32 bytes. */
  private record Salt(long a, long b, long c, long d) {
    static Salt of(byte[] salt) {
      return new Salt(word(salt, 0), word(salt, 8), word(salt, 16), word(salt, 24));
    }

    private static long word(byte[] salt, int at) {
      long word = 0;
      for (int i = at; i < Math.min(at + Long.BYTES, salt.length); i++) {
        word = word << 8 | (salt[i] & 0xff);
      }
      return word;
    }
  }

  private final int capacity;
  private final long keepNanos;
  private Set<Salt> newer = new HashSet<>();
  private Set<Salt> older = new HashSet<>();
  private long begunNanos;

  private SaltPool(int capacity, long keepNanos) {
    this.capacity = capacity;
    this.keepNanos = keepNanos;
  }

  /**
   * Remembers the last salts, between one and two times so many. Where nothing tells how old a
   * stream is, a longer memory only makes replays harder.
   */
  static SaltPool ofLast(int capacity) {
    return new SaltPool(capacity, Long.MAX_VALUE);
  }

  /**
   * Remembers each salt for so long at least, and takes no more when there are twice so many: what
   * is older is refused by its time.
   */
  static SaltPool ofTime(int capacity, long keepNanos) {
    return new SaltPool(capacity, keepNanos);
  }

  /**
   * Whether the salt is new; notes it when it is. A pool that can take no more says no.
   *
   * @param nanos the time on an event loop's ticker
   */
  synchronized boolean add(byte[] salt, long nanos) {
    boolean timed = keepNanos != Long.MAX_VALUE;
    if (newer.isEmpty()) {
      begunNanos = nanos;
    } else if (timed ? nanos - begunNanos >= keepNanos : newer.size() >= capacity) {
      older = newer;
      newer = new HashSet<>();
      begunNanos = nanos;
    }
    Salt wanted = Salt.of(salt);
    return !older.contains(wanted) && newer.size() < capacity && newer.add(wanted);
  }
}
