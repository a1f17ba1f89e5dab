package com.github.shiroedev2024.leaf.engine.spi;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * What the two ends of a secured stream have agreed to speak in it (ALPN, RFC 7301). The layer that
 * secures notes it before it hands the stream up; those above may ask.
 */
public final class ApplicationProtocol {
  private static final AttributeKey<String> AGREED =
      AttributeKey.valueOf(ApplicationProtocol.class, "agreed");

  private ApplicationProtocol() {}

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
