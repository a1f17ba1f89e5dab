package com.github.shiroedev2024.leaf.engine.transport.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The application protocols of one side (RFC 7301), the preferred first; empty: the extension is
 * not used.
 */
record Alpn(List<String> protocols) {
  static final Alpn NONE = new Alpn(List.of());

  Alpn {
    protocols = List.copyOf(protocols);
  }

  /** The setting {@code alpn}. */
  static Alpn read(Settings settings) {
    List<String> protocols = settings.strings("alpn");
    for (String protocol : protocols) {
      int length = protocol.getBytes(UTF_8).length;
      if (length == 0 || length > 255) {
        settings.error(
            "alpn",
            "an application protocol's name has 1 to 255 bytes, not " + length,
            "write names such as h2 or http/1.1");
        return NONE;
      }
    }
    return new Alpn(protocols);
  }
}
