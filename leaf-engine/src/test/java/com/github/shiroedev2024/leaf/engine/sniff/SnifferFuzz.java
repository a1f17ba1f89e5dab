package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.dns.PassingAnswer;
import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer.Verdict;
import io.netty.buffer.Unpooled;

/** What clients send first, and answers of DNS servers that pass through. */
public final class SnifferFuzz {
  private static final int LONGEST_NAME = 253;

  /** How many beginnings of an input are looked at; at all of them would take too long. */
  private static final int BEGINNINGS = 64;

  private SnifferFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    PassingAnswer.read(Unpooled.wrappedBuffer(input));
    for (Sniffer sniffer : Registry.sniffers()) {
      Verdict whole = look(sniffer, input, input.length);
      int step = Math.max(1, input.length / BEGINNINGS);
      for (int length = 1; length < input.length; length += step) {
        Verdict early = look(sniffer, input, length);
        if (early != Verdict.Nameless.MORE && !early.equals(whole)) {
          throw new AssertionError(
              sniffer.origin() + ": " + early + " of " + length + " bytes, then " + whole);
        }
      }
    }
  }

  private static Verdict look(Sniffer sniffer, byte[] input, int length) {
    if (length == 0) {
      return Verdict.Nameless.MORE;
    }
    Verdict verdict = sniffer.look(Unpooled.wrappedBuffer(input, 0, length));
    if (verdict instanceof Verdict.Name name
        && (name.name().length() > LONGEST_NAME || !name.name().matches("[-_.a-z0-9]+"))) {
      throw new AssertionError(name.toString());
    }
    return verdict;
  }
}
