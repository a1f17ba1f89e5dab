package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;

/** Frames that a client and a server read, and a client's handshake with frames behind it. */
public final class WsFuzz {
  private static final WsLayer LAYER =
      new WsLayer(new WsServerOptions("/", "Sec-WebSocket-Protocol"), EngineOptions.defaults());

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(() -> new EmbeddedChannel(WsStream.server()), SessionException.class)
        .atMost(2, 4)
        .cutMatters(), // of a flood of pings some are answered
    DecoderFuzz.of(() -> new EmbeddedChannel(WsStream.client("server", 42)), SessionException.class)
        .atMost(4, 8)
        .cutMatters(),
    DecoderFuzz.of(WsFuzz::served, SessionException.class).atMost(2, 1000).cutMatters()
  };

  private WsFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 1) {
      FUZZ[(input[0] & 0xff) % FUZZ.length].run(
          input[1], Arrays.copyOfRange(input, 2, input.length));
    }
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    LAYER.accept(channel, next -> next.config().setAutoRead(true));
    return channel;
  }
}
