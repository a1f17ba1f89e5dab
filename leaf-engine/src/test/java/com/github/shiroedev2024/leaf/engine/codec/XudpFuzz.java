package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;

/** The frames of XUDP; what is refused is answered in no more bytes than it came in. */
public final class XudpFuzz {
  private static final DecoderFuzz FUZZ =
      DecoderFuzz.of(
          () -> new EmbeddedChannel(new XudpDecoder("the peer")), SessionException.class);

  private XudpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FUZZ.run(input);
  }
}
