package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a {@code ws} outbound.
 *
 * @param maxEarlyData bytes that go in the request, 0 to {@value #MOST_EARLY_DATA}
 */
record WsOptions(String path, Map<String, String> headers, int maxEarlyData, String earlyDataHeader)
    implements PartOptions {
  static final String PROTOCOL = "Sec-WebSocket-Protocol";

  /** In base64 it still fits what web servers take for one request. */
  static final int MOST_EARLY_DATA = 8192;

  private static final Set<String> RESERVED =
      Set.of("connection", "upgrade", "sec-websocket-key", "sec-websocket-version");

  static final List<Key> KEYS =
      List.of(
          new Key("path", "/", "path asked for, maybe with a query"),
          new Key("headers", "none", "headers sent; Host takes the place of the server's name"),
          new Key(
              "maxEarlyData",
              "0",
              "first bytes sent in the request itself, 0 to " + MOST_EARLY_DATA),
          new Key("earlyDataHeader", PROTOCOL, "header that carries them"));

  WsOptions {
    headers = Map.copyOf(headers);
  }

  static WsOptions read(Settings settings) {
    String early = earlyDataHeader(settings);
    Map<String, String> headers = HttpText.headers(settings, RESERVED);
    int max = (int) settings.number("maxEarlyData", 0, 0, MOST_EARLY_DATA);
    if (max > 0 && HttpText.header(headers, early) != null) {
      settings.error(
          "headers",
          "'" + early + "' is the header that carries early data",
          "remove it, or name another earlyDataHeader");
    }
    HttpText.host(settings, "headers", hostOf(headers));
    return new WsOptions(HttpText.path(settings, true), headers, max, early);
  }

  private static String hostOf(Map<String, String> headers) {
    String host = HttpText.header(headers, "Host");
    return host == null ? "" : host;
  }

  /** The setting {@code earlyDataHeader} of either half. */
  static String earlyDataHeader(Settings settings) {
    String name = settings.string("earlyDataHeader", PROTOCOL);
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HttpText.isToken(name) || RESERVED.contains(lower) || lower.equals("host")) {
      settings.error(
          "earlyDataHeader",
          "'" + name + "' is no header that could carry early data",
          "use " + PROTOCOL + " or a name of your own");
    }
    return name;
  }
}
