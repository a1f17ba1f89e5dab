package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

/**
 * Accepts each packet number once, as long as it is not too far behind the highest seen. The
 * numbers are unsigned and 64 bits long.
 *
 * <p>A ring of words holds one bit for each number; the word that the highest number falls into
 * moves on, and words it enters are cleared, so that one word's worth of the ring is always in
 * doubt and the rest is exact (RFC 6479).
 */
final class ReplayWindow {
  private static final int WORDS = 64;

  /** How far behind the highest number one may be. */
  static final int SIZE = (WORDS - 1) * Long.SIZE;

  private final long[] ring = new long[WORDS];
  private long highest;

  /** Whether the number is new; notes it when it is. */
  boolean accept(long number) {
    long word = number >>> 6;
    if (Long.compareUnsigned(number, highest) > 0) {
      long last = highest >>> 6;
      long steps = Math.min(word - last, WORDS);
      for (long i = 1; i <= steps; i++) {
        ring[(int) ((last + i) & (WORDS - 1))] = 0;
      }
      highest = number;
    } else if (Long.compareUnsigned(highest - number, SIZE) > 0) {
      return false;
    }
    int at = (int) (word & (WORDS - 1));
    long bit = 1L << (number & 63);
    boolean seen = (ring[at] & bit) != 0;
    ring[at] |= bit;
    return !seen;
  }
}
