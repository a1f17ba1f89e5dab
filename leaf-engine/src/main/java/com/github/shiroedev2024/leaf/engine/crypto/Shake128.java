package com.github.shiroedev2024.leaf.engine.crypto;

/**
 * SHAKE128 (FIPS 202 section 6.2) as an endless stream of bytes made of one short seed. The JDK has
 * it with a fixed output only.
 */
public final class Shake128 {
  /** Bytes of output between two permutations: 1600 bits less twice 128. */
  private static final int RATE = 168;

  private static final int ROUNDS = 24;

  private static final long[] ROUND_CONSTANTS = {
    0x0000000000000001L, 0x0000000000008082L, 0x800000000000808AL, 0x8000000080008000L,
    0x000000000000808BL, 0x0000000080000001L, 0x8000000080008081L, 0x8000000000008009L,
    0x000000000000008AL, 0x0000000000000088L, 0x0000000080008009L, 0x000000008000000AL,
    0x000000008000808BL, 0x800000000000008BL, 0x8000000000008089L, 0x8000000000008003L,
    0x8000000000008002L, 0x8000000000000080L, 0x000000000000800AL, 0x800000008000000AL,
    0x8000000080008081L, 0x8000000000008080L, 0x0000000080000001L, 0x8000000080008008L
  };

  /** How far each lane turns, and the lane it goes to, in the order in which the lanes move. */
  private static final int[] TURNS = {
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44
  };

  private static final int[] LANES = {
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1
  };

  private final long[] lanes = new long[25];
  private final long[] column = new long[5];
  private int used;

  /**
   * @param seed shorter than 168 bytes
   */
  public Shake128(byte[] seed) {
    if (seed.length >= RATE) {
      throw new IllegalArgumentException("a seed of " + seed.length + " bytes, at most 167 fit");
    }
    for (int i = 0; i < seed.length; i++) {
      mix(i, seed[i]);
    }
    mix(seed.length, (byte) 0x1F); // the suffix of SHAKE and the first bit of the padding
    mix(RATE - 1, (byte) 0x80);
    permute();
  }

  private void mix(int at, byte b) {
    lanes[at >> 3] ^= (b & 0xFFL) << ((at & 7) << 3);
  }

  /** The next two bytes as a big-endian number, 0 to 65535. */
  public int nextShort() {
    return (next() << 8) | next();
  }

  private int next() {
    if (used == RATE) {
      permute();
      used = 0;
    }
    int b = (int) (lanes[used >> 3] >>> ((used & 7) << 3)) & 0xFF;
    used++;
    return b;
  }

  /** Keccak-f[1600] (FIPS 202 section 3.3). */
  private void permute() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int x = 0; x < 5; x++) {
        column[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
      }
      for (int x = 0; x < 5; x++) {
        long d = column[(x + 4) % 5] ^ Long.rotateLeft(column[(x + 1) % 5], 1);
        for (int y = x; y < 25; y += 5) {
          lanes[y] ^= d;
        }
      }
      long moving = lanes[1];
      for (int i = 0; i < TURNS.length; i++) {
        long next = lanes[LANES[i]];
        lanes[LANES[i]] = Long.rotateLeft(moving, TURNS[i]);
        moving = next;
      }
      for (int y = 0; y < 25; y += 5) {
        System.arraycopy(lanes, y, column, 0, 5);
        for (int x = 0; x < 5; x++) {
          lanes[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
        }
      }
      lanes[0] ^= ROUND_CONSTANTS[round];
    }
  }
}
