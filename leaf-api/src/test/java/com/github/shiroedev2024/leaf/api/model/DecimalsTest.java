package com.github.shiroedev2024.leaf.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  @Test
  void hasOneToThreeDigitsAfterThePoint() {
    assertThat(Decimals.text(128.7)).isEqualTo("128.7");
    assertThat(Decimals.text(42)).isEqualTo("42.0");
    assertThat(Decimals.text(0.25)).isEqualTo("0.25");
    assertThat(Decimals.text(0.007)).isEqualTo("0.007");
    assertThat(Decimals.text(1.0006)).isEqualTo("1.001");
    assertThat(Decimals.text(0.00001)).isEqualTo("0.0");
    assertThat(Decimals.text(-0.00001)).isEqualTo("0.0");
    assertThat(Decimals.text(-1.5)).isEqualTo("-1.5");
    assertThat(Decimals.text(1e11)).isEqualTo("100000000000.0");
    assertThat(Decimals.text(Double.NaN)).isNull();
    assertThat(Decimals.text(Double.POSITIVE_INFINITY)).isNull();
  }

  @Test
  void isNeverFurtherAwayThanHalfAThousandth() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      double value = random.nextDouble() * Math.pow(10, random.nextInt(9));
      String text = Decimals.text(value);
      assertThat(text).as("seed %d", seed).matches("\\d+\\.\\d{1,3}");
      assertThat(new BigDecimal(text).subtract(new BigDecimal(value)).abs())
          .as("seed %d: %s", seed, value)
          .isLessThanOrEqualTo(new BigDecimal("0.0005000001"));
      assertThat(text).doesNotMatch(".*\\.\\d+0");
    }
  }
}
