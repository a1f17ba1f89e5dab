package com.github.shiroedev2024.leaf.engine.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;

/** Looks at bytes in all ways in which they may come. */
final class Looks {
  private Looks() {}

  /** A look at the first bytes only, which lie anywhere in a buffer and must stay as they are. */
  static Verdict once(Sniffer sniffer, byte[] bytes, int length) {
    ByteBuf buffer = Unpooled.buffer(length + 3).writeZero(3).writeBytes(bytes, 0, length);
    buffer.skipBytes(3);
    Verdict verdict = sniffer.look(buffer);
    assertThat(buffer.readerIndex()).isEqualTo(3);
    assertThat(buffer.readableBytes()).isEqualTo(length);
    return verdict;
  }

  /**
   * What the whole tells. Fed byte by byte it must be told by the same, at the latest with the last
   * byte, and stay so whatever follows.
   */
  static Verdict at(Sniffer sniffer, byte[] bytes) {
    Verdict whole = once(sniffer, bytes, bytes.length);
    boolean decided = false;
    for (int length = 1; length <= bytes.length; length++) {
      Verdict verdict = once(sniffer, bytes, length);
      if (verdict != Verdict.Nameless.MORE || decided) {
        assertThat(verdict).as("of %d bytes", length).isEqualTo(whole);
        decided = true;
      }
    }
    if (decided) {
      byte[] glued = Arrays.copyOf(bytes, bytes.length + 100);
      byte[] more = new byte[100];
      new Random(7).nextBytes(more);
      System.arraycopy(more, 0, glued, bytes.length, more.length);
      assertThat(once(sniffer, glued, glued.length)).as("with more behind it").isEqualTo(whole);
    }
    return whole;
  }
}
