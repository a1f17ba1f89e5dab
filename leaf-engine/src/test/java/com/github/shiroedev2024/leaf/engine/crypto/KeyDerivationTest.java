package com.github.shiroedev2024.leaf.engine.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyDerivationTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void passwordKeyIsThatOfOpenssl() {
    // openssl enc -aes-256-cbc -md md5 -nosalt -k foobar -P
    assertThat(HEX.formatHex(PasswordKey.derive("foobar", 32)))
        .isEqualTo("3858f62230ac3c915f300c664312c63f568378529614d22ddb49237d2f60bfdf");
    assertThat(HEX.formatHex(PasswordKey.derive("foobar", 16)))
        .isEqualTo("3858f62230ac3c915f300c664312c63f");
  }

  @Test
  void hkdfFitsRfc5869() {
    // Appendix A.4.
    assertThat(
            hkdf(
                "0b0b0b0b0b0b0b0b0b0b0b",
                "000102030405060708090a0b0c",
                HEX.parseHex("f0f1f2f3f4f5f6f7f8f9"),
                42))
        .isEqualTo(
            "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4f155fda2c22e422478d305f3f896");
  }

  @Test
  void hkdfGivesTheSubkeysOfOthers() {
    byte[] info = "ss-subkey".getBytes(US_ASCII);
    byte[] key = PasswordKey.derive("correct horse", 32);
    String salt = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    // Made with Python's cryptography package.
    assertThat(hkdf(HEX.formatHex(key), salt, info, 32))
        .isEqualTo("016483c36f43bf2d7f72caaf1e1afec87ba04ea96ff451abce0f8d7b1f5a1855");
  }

  @Test
  void hkdfCanBeUsedAgain() {
    HkdfSha1 hkdf = new HkdfSha1();
    byte[] first = hkdf.derive(new byte[] {1}, new byte[] {2}, new byte[] {3}, 32);
    hkdf.derive(new byte[] {9}, new byte[] {9}, new byte[] {9}, 20);
    assertThat(hkdf.derive(new byte[] {1}, new byte[] {2}, new byte[] {3}, 32)).isEqualTo(first);
  }

  @Test
  void hkdfRefusesMoreThanItCanGive() {
    assertThatThrownBy(
            () -> new HkdfSha1().derive(new byte[1], new byte[1], new byte[0], 255 * 20 + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String hkdf(String secret, String salt, byte[] info, int length) {
    return HEX.formatHex(
        new HkdfSha1().derive(HEX.parseHex(secret), HEX.parseHex(salt), info, length));
  }
}
