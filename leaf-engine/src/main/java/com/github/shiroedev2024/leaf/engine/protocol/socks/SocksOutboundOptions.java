package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The settings of a {@code socks} outbound.
 *
 * @param server where the SOCKS5 server listens
 * @param username empty: no login
 */
record SocksOutboundOptions(Destination server, String username, String password)
    implements PartOptions {
  /** RFC 1929 has one byte for the length of either. */
  private static final int MAX_BYTES = 255;

  static final List<Key> KEYS =
      List.of(
          new Key("address", "required", "name or IP of the SOCKS5 server"),
          new Key("port", "required", "port of the server, 1 to 65535"),
          new Key("username", "none", "name to log in with, at most 255 bytes"),
          new Key("password", "none", "password to log in with, at most 255 bytes"));

  static SocksOutboundOptions read(Settings settings) {
    String address = settings.required("address");
    int port = settings.requiredPort("port");
    String username = settings.string("username", "");
    String password = settings.string("password", "");
    limit(settings, "username", username);
    limit(settings, "password", password);
    if (username.isEmpty() && !password.isEmpty()) {
      settings
          .problems()
          .warning(
              settings.source("password"),
              "",
              settings.owner() + ": 'password' means nothing without 'username'",
              "add username, or remove password");
    }
    return new SocksOutboundOptions(Destination.of(address, port), username, password);
  }

  private static void limit(Settings settings, String key, String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      settings
          .problems()
          .error(
              settings.source(key),
              "",
              settings.owner() + ": '" + key + "' is longer than " + MAX_BYTES + " bytes",
              "shorten it");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "socks server " + server;
  }
}
