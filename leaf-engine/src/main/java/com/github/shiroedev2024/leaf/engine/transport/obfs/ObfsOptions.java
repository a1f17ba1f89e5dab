package com.github.shiroedev2024.leaf.engine.transport.obfs;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of {@code obfs}.
 *
 * @param host what is shown as the server's name; empty: the next hop's host
 * @param path what is asked for; of no use with TLS
 */
record ObfsOptions(Method method, String host, String path) implements PartOptions {
  /** What the stream looks like. */
  enum Method {
    HTTP,
    TLS
  }

  static final List<Key> KEYS =
      List.of(
          new Key("method", "required", "what the stream looks like: http or tls"),
          new Key("host", "next hop's host", "the server name shown"),
          new Key("path", "/", "the path shown; only with http"));

  private static final int MAX_HOST = 255;

  static ObfsOptions read(Settings settings) {
    String word = settings.required("method");
    if (!word.isEmpty() && !word.equals("http") && !word.equals("tls")) {
      settings.error("method", "'" + word + "' is not a method of obfs", "use http or tls");
    }
    String path = settings.string("path", "");
    return new ObfsOptions(
        word.equals("tls") ? Method.TLS : Method.HTTP,
        shown(settings, "host", settings.string("host", "")),
        shown(settings, "path", path.isEmpty() ? "/" : path));
  }

  /** Refuses what would break the head it is put into. */
  private static String shown(Settings settings, String key, String text) {
    if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      settings.error(
          key, "the " + key + " has characters that cannot be sent", "use visible ASCII only");
    } else if (key.equals("host") && text.length() > MAX_HOST) {
      settings.error(
          key, "the host has " + text.length() + " characters", "use " + MAX_HOST + " at most");
    }
    return text;
  }
}
