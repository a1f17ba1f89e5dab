package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of an {@code h2} outbound.
 *
 * @param hosts each stream asks for one of them; empty: the server's name
 */
record H2Options(List<String> hosts, String path) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("host", "none", "hosts asked for, one of them by each stream"),
          new Key("path", "/", "path asked for, maybe with a query"));

  H2Options {
    hosts = List.copyOf(hosts);
  }

  static H2Options read(Settings settings) {
    return new H2Options(hosts(settings), HttpText.path(settings, true));
  }

  /** The setting {@code host} of either half. */
  static List<String> hosts(Settings settings) {
    List<String> hosts = settings.strings("host");
    hosts.forEach(host -> HttpText.host(settings, "host", host));
    return hosts;
  }
}
