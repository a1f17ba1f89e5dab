package com.github.shiroedev2024.leaf.engine.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class Blake3Test {
  private static final byte[] KEY = "whats the Elvish word for friend".getBytes(US_ASCII);
  private static final String CONTEXT = "BLAKE3 2019-12-27 16:29:52 test vectors context";

  // The project's own vectors: the input is 0, 1, … 250, 0, 1, …
  @ParameterizedTest
  @CsvFileSource(resources = "blake3.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void fitsThePublishedVectors(int bytes, String hash, String keyedHash, String derived) {
    byte[] input = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      input[i] = (byte) (i % 251);
    }
    assertThat(hex(Blake3.hash(input, 131))).isEqualTo(hash);
    assertThat(hex(Blake3.keyedHash(KEY, input, 131))).isEqualTo(keyedHash);
    assertThat(hex(Blake3.derivation(CONTEXT).derive(input, 131))).isEqualTo(derived);
    assertThat(hex(Blake3.hash(input, 16))).isEqualTo(hash.substring(0, 32));
  }

  @Test
  void aKeyHas32Bytes() {
    assertThatThrownBy(() -> Blake3.keyedHash(new byte[31], new byte[1], 32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
