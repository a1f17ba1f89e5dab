package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SaltPoolTest {
  private static final long MINUTE = TimeUnit.SECONDS.toNanos(60);

  @Test
  void aSaltIsNewOnceInAMinuteAtLeast() {
    SaltPool pool = SaltPool.ofTime(100, MINUTE);
    long start = Long.MAX_VALUE - MINUTE; // tickers may wrap
    assertThat(pool.add(salt(16, 1), start)).isTrue();
    assertThat(pool.add(salt(16, 1), start)).isFalse();
    assertThat(pool.add(salt(16, 2), start + MINUTE - 1)).isTrue();
    assertThat(pool.add(salt(16, 3), start + MINUTE)).isTrue();
    assertThat(pool.add(salt(16, 1), start + MINUTE)).isFalse();
    assertThat(pool.add(salt(16, 2), start + 2 * MINUTE - 1)).isFalse();
    assertThat(pool.add(salt(16, 4), start + 2 * MINUTE)).isTrue();
    assertThat(pool.add(salt(16, 1), start + 2 * MINUTE)).isTrue();
  }

  @Test
  void takesNoMoreThanItMayHold() {
    SaltPool pool = SaltPool.ofTime(2, MINUTE);
    assertThat(pool.add(salt(32, 1), 0)).isTrue();
    assertThat(pool.add(salt(32, 2), 0)).isTrue();
    assertThat(pool.add(salt(32, 3), 0)).isFalse();
    assertThat(pool.add(salt(32, 3), MINUTE)).isTrue();
  }

  @Test
  void withoutTimesTheLastOnesAreRemembered() {
    SaltPool pool = SaltPool.ofLast(3);
    for (int i = 0; i < 20; i++) {
      assertThat(pool.add(salt(32, i), i)).isTrue();
      for (int j = Math.max(0, i - 2); j <= i; j++) {
        assertThat(pool.add(salt(32, j), i)).as("%d after %d", j, i).isFalse();
      }
    }
    assertThat(pool.add(salt(32, 0), 21)).isTrue();
  }

  @Test
  void everyByteCounts() {
    SaltPool pool = SaltPool.ofLast(100);
    for (int at = 0; at < 32; at++) {
      byte[] salt = new byte[32];
      salt[at] = 1;
      assertThat(pool.add(salt, 0)).isTrue();
    }
  }

  private static byte[] salt(int bytes, int number) {
    return ByteBuffer.allocate(bytes).putInt(bytes - 4, number).array();
  }
}
