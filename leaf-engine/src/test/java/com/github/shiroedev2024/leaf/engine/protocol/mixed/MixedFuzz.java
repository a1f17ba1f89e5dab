package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;

/** The first byte, and behind it the whole of the SOCKS and HTTP inbounds. */
public final class MixedFuzz {
  private static final MixedInbound INBOUND =
      new MixedInbound("in", List.of(), FuzzDispatcher.context(0));

  private static final DecoderFuzz FUZZ =
      DecoderFuzz.of(
              () -> {
                EmbeddedChannel channel = new EmbeddedChannel();
                channel.freezeTime();
                INBOUND.accept(channel);
                return channel;
              },
              SessionException.class)
          .atMost(100, 1000)
          .cutMatters();

  private MixedFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FUZZ.run(input);
  }
}
