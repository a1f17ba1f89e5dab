package com.github.shiroedev2024.leaf.engine.transport.obfs;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;

/** What servers of simple-obfs answer, in the form of HTTP and in that of TLS. */
public final class ObfsFuzz {
  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(
        () ->
            new EmbeddedChannel(
                new ObfsHttpStream("a.example", "/", "curl/7.1.0", new Random(1), "the server")),
        SessionException.class),
    DecoderFuzz.of(
        () ->
            new EmbeddedChannel(
                new ObfsTlsStream(
                    "a.example",
                    InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)),
                    new Random(1),
                    "the server")),
        SessionException.class)
  };

  private ObfsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 1) {
      FUZZ[(input[0] & 0xff) % FUZZ.length].run(
          input[1], Arrays.copyOfRange(input, 2, input.length));
    }
  }
}
