package com.github.shiroedev2024.leaf.engine.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * BLAKE3, which the JDK does not have: plain hashes, keyed hashes and key derivation, of input held
 * in one array. It is plain Java for the short inputs of key derivation, not for bulk.
 *
 * <p>The input is cut into chunks of 1024 bytes, each compressed block by block; a binary tree over
 * the chunks' chaining values, its left side always full, leads to the root, whose last compression
 * is repeated with a counter for as much output as is wanted.
 *
 * @see <a href="https://github.com/BLAKE3-team/BLAKE3-specs/blob/master/blake3.pdf">BLAKE3,
 *     sections 2.1 to 2.6</a>
 */
public final class Blake3 {
  /** The length of a key, and the usual length of a digest, in bytes. */
  public static final int KEY_BYTES = 32;

  private static final int BLOCK_BYTES = 64;
  private static final int CHUNK_BYTES = 1024;

  private static final int CHUNK_START = 1;
  private static final int CHUNK_END = 1 << 1;
  private static final int PARENT = 1 << 2;
  private static final int ROOT = 1 << 3;
  private static final int KEYED_HASH = 1 << 4;
  private static final int DERIVE_KEY_CONTEXT = 1 << 5;
  private static final int DERIVE_KEY_MATERIAL = 1 << 6;

  private static final int[] IV = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19
  };

  /** The order in which the words of a block enter each of the seven rounds. */
  private static final int[][] SCHEDULE = schedule();

  private final int[] key;
  private final int flags;

  private Blake3(int[] key, int flags) {
    this.key = key;
    this.flags = flags;
  }

  /** The hash of the input, of so many bytes (at least 0). */
  public static byte[] hash(byte[] input, int bytes) {
    return new Blake3(IV, 0).root(input).output(bytes);
  }

  /**
   * The keyed hash of the input, of so many bytes.
   *
   * @param key of {@link #KEY_BYTES} bytes
   */
  public static byte[] keyedHash(byte[] key, byte[] input, int bytes) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes, not " + key.length);
    }
    return new Blake3(words(key, 0, KEY_BYTES), KEYED_HASH).root(input).output(bytes);
  }

  /** Derives keys for one purpose. */
  public static Derivation derivation(String context) {
    return new Derivation(context);
  }

  /**
   * Key derivation for one purpose. The context's own hash is worked out once. Immutable.
   *
   * @see #derivation
   */
  public static final class Derivation {
    private final Blake3 hash;

    private Derivation(String context) {
      byte[] contextKey =
          new Blake3(IV, DERIVE_KEY_CONTEXT).root(context.getBytes(UTF_8)).output(KEY_BYTES);
      this.hash = new Blake3(words(contextKey, 0, KEY_BYTES), DERIVE_KEY_MATERIAL);
    }

    /** A key of so many bytes from the material. */
    public byte[] derive(byte[] material, int bytes) {
      return hash.root(material).output(bytes);
    }
  }

  /** A node's last compression, not carried out yet: it ends as chaining value or as output. */
  private static final class Node {
    private final int[] chaining;
    private final int[] block;
    private final long counter;
    private final int length;
    private final int flags;

    Node(int[] chaining, int[] block, long counter, int length, int flags) {
      this.chaining = chaining;
      this.block = block;
      this.counter = counter;
      this.length = length;
      this.flags = flags;
    }

    int[] chainingValue() {
      return Arrays.copyOf(compress(chaining, block, counter, length, flags), 8);
    }

    byte[] output(int bytes) {
      byte[] out = new byte[bytes];
      long number = 0;
      for (int at = 0; at < bytes; at += BLOCK_BYTES, number++) {
        int[] words = compress(chaining, block, number, length, flags | ROOT);
        for (int i = at; i < Math.min(bytes, at + BLOCK_BYTES); i++) {
          out[i] = (byte) (words[(i - at) >>> 2] >>> (8 * (i & 3)));
        }
      }
      return out;
    }
  }

  private Node root(byte[] input) {
    return subtree(input, 0, input.length, 0);
  }

  private Node subtree(byte[] input, int from, int to, long chunk) {
    if (to - from <= CHUNK_BYTES) {
      return chunk(input, from, to, chunk);
    }
    // The left side takes the most chunks that are a power of two and leave one byte at least.
    int left = Integer.highestOneBit((to - from - 1) / CHUNK_BYTES);
    int middle = from + left * CHUNK_BYTES;
    int[] block = new int[16];
    System.arraycopy(subtree(input, from, middle, chunk).chainingValue(), 0, block, 0, 8);
    System.arraycopy(subtree(input, middle, to, chunk + left).chainingValue(), 0, block, 8, 8);
    return new Node(key, block, 0, BLOCK_BYTES, flags | PARENT);
  }

  private Node chunk(byte[] input, int from, int to, long chunk) {
    int[] chaining = key;
    int start = CHUNK_START;
    int at = from;
    for (; to - at > BLOCK_BYTES; at += BLOCK_BYTES) {
      int[] block = words(input, at, at + BLOCK_BYTES);
      chaining = Arrays.copyOf(compress(chaining, block, chunk, BLOCK_BYTES, flags | start), 8);
      start = 0;
    }
    return new Node(chaining, words(input, at, to), chunk, to - at, flags | start | CHUNK_END);
  }

  /** The 16 little-endian words of a block, filled up with zeros. */
  private static int[] words(byte[] bytes, int from, int to) {
    int[] words = new int[16];
    for (int i = from; i < to; i++) {
      words[(i - from) >>> 2] |= (bytes[i] & 0xff) << (8 * ((i - from) & 3));
    }
    return words;
  }

  private static int[] compress(int[] chaining, int[] block, long counter, int length, int flags) {
    int[] v = new int[16];
    System.arraycopy(chaining, 0, v, 0, 8);
    System.arraycopy(IV, 0, v, 8, 4);
    v[12] = (int) counter;
    v[13] = (int) (counter >>> 32);
    v[14] = length;
    v[15] = flags;
    for (int[] m : SCHEDULE) {
      mix(v, 0, 4, 8, 12, block[m[0]], block[m[1]]);
      mix(v, 1, 5, 9, 13, block[m[2]], block[m[3]]);
      mix(v, 2, 6, 10, 14, block[m[4]], block[m[5]]);
      mix(v, 3, 7, 11, 15, block[m[6]], block[m[7]]);
      mix(v, 0, 5, 10, 15, block[m[8]], block[m[9]]);
      mix(v, 1, 6, 11, 12, block[m[10]], block[m[11]]);
      mix(v, 2, 7, 8, 13, block[m[12]], block[m[13]]);
      mix(v, 3, 4, 9, 14, block[m[14]], block[m[15]]);
    }
    for (int i = 0; i < 8; i++) {
      v[i] ^= v[i + 8];
      v[i + 8] ^= chaining[i];
    }
    return v;
  }

  private static void mix(int[] v, int a, int b, int c, int d, int x, int y) {
    v[a] += v[b] + x;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 12);
    v[a] += v[b] + y;
    v[d] = Integer.rotateRight(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = Integer.rotateRight(v[b] ^ v[c], 7);
  }

  private static int[][] schedule() {
    int[] permutation = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
    int[][] rounds = new int[7][16];
    for (int i = 0; i < 16; i++) {
      rounds[0][i] = i;
    }
    for (int r = 1; r < 7; r++) {
      for (int i = 0; i < 16; i++) {
        rounds[r][i] = rounds[r - 1][permutation[i]];
      }
    }
    return rounds;
  }
}
