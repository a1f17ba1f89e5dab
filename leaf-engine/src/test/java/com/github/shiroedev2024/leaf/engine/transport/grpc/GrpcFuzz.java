package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;

/** The messages of the gRPC transport. */
public final class GrpcFuzz {
  private static final DecoderFuzz FUZZ =
      DecoderFuzz.of(() -> new EmbeddedChannel(new GrpcStream("peer")), SessionException.class);

  private GrpcFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    FUZZ.run(input);
  }
}
