package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDispatcher;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;

/** What clients of the HTTP proxy send, and what servers and proxies answer. */
public final class HttpFuzz {
  private static final HttpInbound OPEN =
      new HttpInbound("in", List.of(), FuzzDispatcher.context(0));
  private static final HttpInbound LOGIN =
      new HttpInbound("in", List.of(new User(null, "ann", "x", null)), FuzzDispatcher.context(0));

  /** An answer to each of many short requests is more than was asked. */
  private static final DecoderFuzz[] FUZZ = {
    DecoderFuzz.of(() -> served(OPEN), SessionException.class).atMost(100, 1000).cutMatters(),
    DecoderFuzz.of(() -> served(LOGIN), SessionException.class).atMost(100, 1000).cutMatters(),
    DecoderFuzz.of(HttpFuzz::shaking, SessionException.class).atMost(1, 200),
    DecoderFuzz.of(() -> new EmbeddedChannel(new HttpResponseReader()), Exception.class)
        .cutMatters()
  };

  private HttpFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = java.util.Arrays.copyOfRange(input, 2, input.length);
    FUZZ[(input[0] & 0xff) % FUZZ.length].run(input[1], rest);
    String text = new String(rest, ISO_8859_1);
    try {
      HttpTarget.authority(text);
    } catch (HttpRefusal e) {
      text = text.strip();
    }
    try {
      HttpTarget.absolute(HttpMethod.GET, text);
    } catch (HttpRefusal e) {
      return;
    }
  }

  private static EmbeddedChannel served(HttpInbound inbound) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    inbound.accept(channel);
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
    HttpConnectHandler.shake(
        channel,
        "the proxy",
        Destination.of("a.example", 443),
        "",
        Duration.ofSeconds(1),
        ready,
        () -> {
          ready.trySuccess(channel);
          channel.read();
        });
    return channel;
  }
}
