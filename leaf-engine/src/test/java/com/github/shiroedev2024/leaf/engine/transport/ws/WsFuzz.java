package com.github.shiroedev2024.leaf.engine.transport.ws;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.shiroedev2024.leaf.engine.http.UpgradeClient;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** Frames that a client and a server read, and the handshakes of both with frames behind them. */
public final class WsFuzz {
  private static final WsLayer LAYER =
      new WsLayer(new WsServerOptions("/", "Sec-WebSocket-Protocol"), EngineOptions.defaults());

  private static final WsOutbound HOP =
      new WsOutbound(
          "w", new WsOptions("/", Map.of(), 0, WsOptions.PROTOCOL), EngineOptions.defaults());

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(() -> new EmbeddedChannel(WsStream.server()), SessionException.class)
        .atMost(2, 4)
        .cutMatters(), // of a flood of pings some are answered
    DecoderFuzz.of(() -> new EmbeddedChannel(WsStream.client("server", 42)), SessionException.class)
        .atMost(4, 8)
        .cutMatters(),
    DecoderFuzz.of(WsFuzz::served, SessionException.class).atMost(2, 1000).cutMatters(),
    DecoderFuzz.of(() -> shaking(0), SessionException.class).atMost(4, 1000).cutMatters(),
    DecoderFuzz.of(() -> shaking(64), SessionException.class).atMost(4, 1000).cutMatters()
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

  /** Its key, which is made from what is no random number here, is the same each time. */
  private static EmbeddedChannel shaking(int maxEarly) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    Promise<Channel> ready = channel.eventLoop().newPromise();
    ready.addListener(
        done -> {
          if (done.isSuccess()) {
            channel.config().setAutoRead(true);
          } else {
            channel.close(); // as the one who dialled does
          }
        });
    WsRequest request =
        new WsRequest(
            new WsOptions("/", Map.of(), maxEarly, WsOptions.PROTOCOL),
            Destination.of("a.example", 80),
            "test",
            "the server",
            new Zeros());
    channel
        .pipeline()
        .addLast(
            new UpgradeClient(request, "the server", Duration.ofSeconds(1), maxEarly, ready, HOP));
    if (maxEarly > 0) {
      channel.writeOutbound(Unpooled.copiedBuffer("early", US_ASCII));
    }
    return channel;
  }

  private static final class Zeros extends SecureRandom {
    private static final long serialVersionUID = 1;

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
