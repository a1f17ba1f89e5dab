package com.github.shiroedev2024.leaf.testkit;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs a check on random input again and again, each round from a seed of its own. A failure names
 * its seed; {@code -Dleaf.test.seed=N} then runs that one round only.
 */
public final class Seeds {
  /** The system property that picks one seed. */
  public static final String PROPERTY = "leaf.test.seed";

  private Seeds() {}

  /** One round on input drawn from {@code random}. */
  @FunctionalInterface
  public interface Check {
    void run(Random random) throws Exception;
  }

  /** Runs the check with {@code rounds} new seeds, or with the one given by the property. */
  public static void forEach(int rounds, Check check) {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      run(Long.parseLong(chosen), check);
      return;
    }
    for (int i = 0; i < rounds; i++) {
      run(ThreadLocalRandom.current().nextLong(), check);
    }
  }

  /** Runs the check with this seed: for inputs that once found a fault. */
  public static void run(long seed, Check check) {
    try {
      check.run(new Random(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "failed with seed " + seed + " (again: -D" + PROPERTY + "=" + seed + "): " + e, e);
    }
  }

  /** Random bytes. */
  public static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
