package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  @Test
  void acceptsEachNumberOnceHoweverTheyCome() {
    Seeds.forEach(
        50,
        random -> {
          ReplayWindow window = new ReplayWindow();
          Set<Long> seen = new HashSet<>();
          long highest = 0;
          for (int i = 0; i < 20_000; i++) {
            long number =
                switch (random.nextInt(10)) {
                  case 0 -> highest + random.nextInt(10_000);
                  case 1 -> Math.max(0, highest - random.nextInt(3 * ReplayWindow.SIZE));
                  default -> Math.max(0, highest + random.nextInt(40) - 30);
                };
            boolean inside = number + ReplayWindow.SIZE >= highest;
            assertThat(window.accept(number))
                .as("%d with %d the highest", number, highest)
                .isEqualTo(inside && !seen.contains(number));
            if (inside) {
              seen.add(number);
            }
            highest = Math.max(highest, number);
          }
        });
  }

  @Test
  void numbersAreUnsigned() {
    ReplayWindow window = new ReplayWindow();
    assertThat(window.accept(0)).isTrue();
    assertThat(window.accept(0)).isFalse();
    assertThat(window.accept(Long.MAX_VALUE)).isTrue();
    assertThat(window.accept(Long.MIN_VALUE)).isTrue();
    assertThat(window.accept(Long.MAX_VALUE)).isFalse();
    assertThat(window.accept(-1)).isTrue();
    assertThat(window.accept(-2)).isTrue();
    assertThat(window.accept(-1)).isFalse();
    assertThat(window.accept(5)).isFalse();
  }
}
