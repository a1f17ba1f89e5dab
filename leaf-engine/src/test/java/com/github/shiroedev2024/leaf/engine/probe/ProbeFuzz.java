package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.probe.Exchange.Verdict;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;

/** What is answered to probes: by streams whole and byte by byte, by datagrams whole. */
public final class ProbeFuzz {
  private static final List<Supplier<Exchange>> STREAMS =
      List.of(
          PongCodec::new,
          () -> new StatusCodec(URI.create("http://a.example/generate_204")),
          () -> new StatusCodec(URI.create("http://a.example/")));

  private ProbeFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    judge(new DnsCodec(7, "a.example"), input, input.length);
    for (Supplier<Exchange> each : STREAMS) {
      Verdict whole = judge(each.get(), input, input.length);
      Verdict bytewise = judge(each.get(), input, 1);
      if (whole != bytewise && !(bytewise == Verdict.RIGHT && whole == Verdict.WRONG)) {
        throw new AssertionError(whole + " is byte by byte " + bytewise); // else: more than asked
      }
    }
  }

  private static Verdict judge(Exchange exchange, byte[] input, int pieces) {
    Verdict verdict = Verdict.MORE;
    for (int at = 0; at < input.length && verdict == Verdict.MORE; at += pieces) {
      verdict = exchange.answer(Unpooled.wrappedBuffer(input, at, pieces));
    }
    if (verdict == Verdict.WRONG && exchange.fault().isBlank()) {
      throw new AssertionError("wrong without a fault");
    }
    return verdict;
  }
}
