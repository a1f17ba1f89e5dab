package com.github.shiroedev2024.leaf.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class Shake128Test {
  private static String output(byte[] seed, int skip, int bytes) {
    Shake128 stream = new Shake128(seed);
    for (int i = 0; i < skip; i += 2) {
      stream.nextShort();
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    while (out.hasRemaining()) {
      out.putShort((short) stream.nextShort());
    }
    return HexFormat.of().formatHex(out.array());
  }

  @Test
  void givesThePublishedOutput() {
    // The example values that NIST publishes beside FIPS 202, for the empty message and 1600 bits.
    assertThat(output(new byte[0], 0, 32))
        .isEqualTo("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
  }

  @Test
  void goesOnBeyondOnePermutation() {
    String all = output(new byte[] {1, 2, 3}, 0, 1000);
    assertThat(output(new byte[] {1, 2, 3}, 160, 840)).isEqualTo(all.substring(320));
    assertThat(all.substring(0, 336)).isNotEqualTo(all.substring(336, 672));
  }

  @Test
  void refusesASeedThatDoesNotFit() {
    assertThatThrownBy(() -> new Shake128(new byte[168]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
