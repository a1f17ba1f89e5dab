package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.http.Head;
import com.github.shiroedev2024.leaf.engine.http.UpgradeClient;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The handshake of the server and of the client, with bytes behind it. */
public final class HttpUpgradeFuzz {
  private static final HttpUpgradeLayer LAYER =
      new HttpUpgradeLayer(new HttpUpgradeServerOptions("/", ""), EngineOptions.defaults());
  private static final HttpUpgradeOutbound HOP =
      new HttpUpgradeOutbound("h", new HttpUpgradeOptions("/", Map.of()), EngineOptions.defaults());

  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(HttpUpgradeFuzz::served, SessionException.class).atMost(1, 1000),
    DecoderFuzz.of(HttpUpgradeFuzz::shaking, SessionException.class).atMost(1, 1000)
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

  private static EmbeddedChannel shaking() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    Promise<Channel> ready = channel.eventLoop().newPromise();
    ready.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel.close(); // as the one who dialled does
          }
        });
    channel
        .pipeline()
        .addLast(
            new UpgradeClient(new Asking(), "the server", Duration.ofSeconds(1), 0, ready, HOP));
    return channel;
  }

  private static final class Asking implements UpgradeClient.Upgrade {
    @Override
    public String request(byte[] early) {
      return "GET / HTTP/1.1\r\nHost: " + Destination.of("a.example", 80) + "\r\n\r\n";
    }

    @Override
    public @Nullable String fault(Head answer) {
      return answer.has("Upgrade", "websocket") ? null : "switched to something else";
    }

    @Override
    public @Nullable ChannelDuplexHandler stream() {
      return null;
    }
  }
}
