package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of an {@code h2} inbound.
 *
 * @param hosts the only ones accepted; empty for any
 */
record H2ServerOptions(List<String> hosts, String path) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("host", "any", "hosts accepted, with or without a port"),
          new Key("path", "/", "path accepted, whatever query comes with it"));

  H2ServerOptions {
    hosts = List.copyOf(hosts);
  }

  static H2ServerOptions read(Settings settings) {
    return new H2ServerOptions(H2Options.hosts(settings), HttpText.path(settings, false));
  }
}
