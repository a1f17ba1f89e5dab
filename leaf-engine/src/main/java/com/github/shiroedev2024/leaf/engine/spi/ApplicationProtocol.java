package com.github.shiroedev2024.leaf.engine.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends of a secured stream have agreed to speak in it (ALPN, RFC 7301). The layer that
 * secures notes it before it hands the stream up; those above may ask.
 */
public final class ApplicationProtocol {
  private static final AttributeKey<String> AGREED =
      AttributeKey.valueOf(ApplicationProtocol.class, "agreed");

  private ApplicationProtocol() {}

  /**
   * The setting {@code alpn}: names of 1 to 255 bytes, the preferred first. Reports what cannot be
   * one, and answers an empty list then.
   */
  public static List<String> read(Settings settings) {
    List<String> protocols = settings.strings("alpn");
    for (String protocol : protocols) {
      int length = protocol.getBytes(UTF_8).length;
      if (length == 0 || length > 255) {
        settings.error(
            "alpn",
            "an application protocol's name has 1 to 255 bytes, not " + length,
            "write names such as h2 or http/1.1");
        return List.of();
      }
    }
    return List.copyOf(protocols);
  }

  /** Notes what was agreed on, such as {@code h2}; null: nothing. On the channel's loop. */
  public static void agreed(Channel channel, @Nullable String protocol) {
    channel.attr(AGREED).set(protocol);
  }

  /** What was agreed on for this stream or the one that carries it; null when nothing was. */
  public static @Nullable String of(Channel channel) {
    for (Channel at = channel; at != null; at = at.parent()) {
      String agreed = at.attr(AGREED).get();
      if (agreed != null) {
        return agreed;
      }
    }
    return null;
  }
}
