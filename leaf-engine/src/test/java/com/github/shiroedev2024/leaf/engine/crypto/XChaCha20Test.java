package com.github.shiroedev2024.leaf.engine.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;

class XChaCha20Test {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] KEY =
      HEX.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  private static final byte[] NONCE =
      HEX.parseHex("404142434445464748494a4b4c4d4e4f5051525354555657");
  private static final byte[] PLAIN =
      ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
              + " future, sunscreen would be it.")
          .getBytes(US_ASCII);

  // Section 2.2.1 of the draft.
  @Test
  void subkeyIsThatOfTheDraft() {
    XChaCha20 cipher =
        XChaCha20.sealing(
            HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
    byte[] subkey = new byte[32];
    cipher.hchacha20(HEX.parseHex("000000090000004a0000000031415927"), subkey);
    assertThat(HEX.formatHex(subkey))
        .isEqualTo("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc");
  }

  // Appendix A.3.1 of the draft; its tag covers associated data too, which we have none of. The tag
  // here was made with Go's x/crypto.
  @Test
  void sealsAsTheDraftDoes() throws Exception {
    byte[] sealed = new byte[PLAIN.length + 16];
    assertThat(XChaCha20.sealing(KEY).seal(NONCE, PLAIN, 0, PLAIN.length, sealed, 0))
        .isEqualTo(sealed.length);
    assertThat(HEX.formatHex(sealed))
        .isEqualTo(
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f"
                + "4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc3"
                + "69488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
                + "f7e62efbf45089db18f9c8a3f0e41e5f");
    byte[] opened = new byte[sealed.length];
    assertThat(XChaCha20.opening(KEY).open(NONCE, sealed, 0, sealed.length, opened, 0))
        .isEqualTo(PLAIN.length);
    assertThat(Arrays.copyOf(opened, PLAIN.length)).isEqualTo(PLAIN);
  }

  @Test
  void eachMessageHasItsOwnNonce() throws Exception {
    XChaCha20 sealer = XChaCha20.sealing(KEY);
    XChaCha20 opener = XChaCha20.opening(KEY);
    for (byte i = 0; i < 3; i++) {
      byte[] nonce = NONCE.clone();
      nonce[i * 10] = i;
      byte[] sealed = new byte[17];
      sealer.seal(nonce, new byte[] {i}, 0, 1, sealed, 0);
      byte[] opened = new byte[17];
      assertThat(opener.open(nonce, sealed, 0, 17, opened, 0)).isEqualTo(1);
      assertThat(opened[0]).isEqualTo(i);
      nonce[23]++;
      assertThatThrownBy(() -> opener.open(nonce, sealed, 0, 17, opened, 0))
          .isInstanceOf(AEADBadTagException.class);
    }
  }

  @Test
  void aKeyHas32Bytes() {
    assertThatThrownBy(() -> XChaCha20.opening(new byte[16]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
