package com.github.shiroedev2024.leaf.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.shiroedev2024.leaf.engine.os.NativeChaCha20;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The system's ChaCha20-Poly1305 against the JDK's. */
class PieceCipherTest {
  @BeforeEach
  void present() {
    assumeTrue(NativeChaCha20.isAvailable(), "SKIPPED: the system has no libcrypto");
  }

  private static PieceCipher jdk(boolean sealing) {
    return new JdkPieces("ChaCha20-Poly1305", "ChaCha20", sealing);
  }

  @Test
  void sealsWhatTheJdkOpensAndOpensWhatItSeals() throws AEADBadTagException {
    PieceCipher[] sealing = {new NativePieces(true), jdk(true)};
    PieceCipher[] opening = {jdk(false), new NativePieces(false)};
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[] key = Seeds.bytes(random, 32);
      byte[] nonce = Seeds.bytes(random, 12);
      int length = seed < 40 ? seed : random.nextInt(20_000);
      int before = 1 + random.nextInt(30);
      byte[] plain = Seeds.bytes(random, before + length + 5);
      for (int way = 0; way < 2; way++) {
        byte[] sealed = new byte[before + length + 16 + 3];
        byte[] opened = new byte[before + length + 3];
        sealing[way].key(key);
        opening[way].key(key);
        assertThat(sealing[way].run(nonce, plain, before, length, sealed, before))
            .isEqualTo(length + 16);
        assertThat(opening[way].run(nonce, sealed, before, length + 16, opened, before))
            .isEqualTo(length);
        assertThat(Arrays.copyOfRange(opened, before, before + length))
            .isEqualTo(Arrays.copyOfRange(plain, before, before + length));
        assertThat(Arrays.copyOf(opened, before)).containsOnly(0);
        assertThat(Arrays.copyOfRange(sealed, before + length + 16, sealed.length)).containsOnly(0);
      }
    }
  }

  @Test
  void opensNothingThatWasAltered() throws AEADBadTagException {
    byte[] key = Seeds.bytes(new Random(1), 32);
    byte[] nonce = new byte[12];
    PieceCipher sealing = new NativePieces(true);
    PieceCipher opening = new NativePieces(false);
    sealing.key(key);
    opening.key(key);
    byte[] sealed = new byte[100 + 16];
    byte[] out = new byte[100];
    sealing.run(nonce, new byte[100], 0, 100, sealed, 0);
    for (int at = 0; at < sealed.length; at++) {
      sealed[at] ^= 4;
      assertThatExceptionOfType(AEADBadTagException.class)
          .isThrownBy(() -> opening.run(nonce, sealed, 0, sealed.length, out, 0));
      sealed[at] ^= 4;
    }
    assertThatExceptionOfType(AEADBadTagException.class)
        .isThrownBy(() -> opening.run(nonce, sealed, 0, 15, out, 0));
    assertThat(opening.run(nonce, sealed, 0, sealed.length, out, 0)).isEqualTo(100);
  }
}
