package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDialer;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.Map;

/** The handshake of the server and of the client, with bytes behind it. */
public final class HttpUpgradeFuzz {
  private static final HttpUpgradeLayer LAYER =
      new HttpUpgradeLayer(new HttpUpgradeServerOptions("/", ""), EngineOptions.defaults());
  private static final HttpUpgradeOutbound HOP =
      new HttpUpgradeOutbound("h", new HttpUpgradeOptions("/", Map.of()), EngineOptions.defaults());

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(HttpUpgradeFuzz::served, SessionException.class).atMost(1, 1000),
    DecoderFuzz.of(() -> FuzzDialer.dialled(HOP), SessionException.class).atMost(1, 1000)
  };

  private HttpUpgradeFuzz() {}

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
