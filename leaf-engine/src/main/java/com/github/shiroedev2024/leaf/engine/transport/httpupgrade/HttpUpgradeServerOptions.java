package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of an {@code httpupgrade} inbound.
 *
 * @param host the only one accepted; empty for any
 */
record HttpUpgradeServerOptions(String path, String host) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("path", "/", "path accepted, whatever query comes with it"),
          new Key("host", "any", "the Host accepted, with or without a port"));

  static HttpUpgradeServerOptions read(Settings settings) {
    return new HttpUpgradeServerOptions(
        HttpText.path(settings, false),
        HttpText.host(settings, "host", settings.string("host", "")));
  }
}
