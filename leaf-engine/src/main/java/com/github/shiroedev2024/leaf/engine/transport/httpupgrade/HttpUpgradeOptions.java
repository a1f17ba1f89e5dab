package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings of an {@code httpupgrade} outbound.
 *
 * @param headers with the {@code Host}, if one is configured
 */
record HttpUpgradeOptions(String path, Map<String, String> headers) implements PartOptions {
  private static final Set<String> RESERVED = Set.of("connection", "upgrade", "sec-websocket-key");

  static final List<Key> KEYS =
      List.of(
          new Key("path", "/", "path asked for, maybe with a query"),
          new Key("host", "none", "the Host sent; else that of headers, else the server's name"),
          new Key("headers", "none", "headers sent"));

  HttpUpgradeOptions {
    headers = Map.copyOf(headers);
  }

  static HttpUpgradeOptions read(Settings settings) {
    Map<String, String> headers = new LinkedHashMap<>(HttpText.headers(settings, RESERVED));
    String host = HttpText.host(settings, "host", settings.string("host", ""));
    if (!host.isEmpty()) {
      headers.keySet().removeIf(name -> name.equalsIgnoreCase("Host"));
      headers.put("Host", host);
    }
    return new HttpUpgradeOptions(HttpText.path(settings, true), headers);
  }
}
