package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.spi.ApplicationProtocol;
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
    return new Alpn(ApplicationProtocol.read(settings));
  }
}
