package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void namesTheSeedThatFailed() {
    assertThatThrownBy(
            () ->
                Seeds.run(
                    42,
                    random -> {
                      throw new IllegalStateException("broken at " + random.nextInt());
                    }))
        .hasMessageContaining("seed 42")
        .hasMessageContaining("-Dleaf.test.seed=42");
  }

  @Test
  void theSameSeedGivesTheSameInput() {
    List<Long> drawn = new ArrayList<>();
    Seeds.run(42, random -> drawn.add(random.nextLong()));
    Seeds.run(42, random -> drawn.add(random.nextLong()));
    assertThat(drawn.getFirst()).isEqualTo(drawn.getLast());
  }
}
