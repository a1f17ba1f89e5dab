package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.ServerAddress;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the outbound {@code http}.
 *
 * @param server null when a part below reaches it
 * @param username empty: no login
 */
record HttpConnectOptions(@Nullable Destination server, String username, String password)
    implements PartOptions {
  /** Encoded it must fit into a header that every proxy takes. */
  private static final int MAX_BYTES = 1024;

  static List<Key> keys() {
    List<Key> keys = new ArrayList<>(ServerAddress.KEYS);
    keys.add(new Key("username", "none", "name to log in with, without a colon"));
    keys.add(new Key("password", "none", "password to log in with"));
    return List.copyOf(keys);
  }

  static HttpConnectOptions read(Settings settings) {
    Destination server = ServerAddress.read(settings);
    String username = settings.string("username", "");
    String password = settings.string("password", "");
    if (username.indexOf(':') >= 0) {
      settings.error(
          "username", "a username with a colon cannot log in", "use one without (RFC 7617)");
    }
    for (String key : List.of("username", "password")) {
      if (settings.string(key, "").getBytes(UTF_8).length > MAX_BYTES) {
        settings
            .problems()
            .error(
                settings.source(key),
                "",
                settings.owner() + ": '" + key + "' is longer than " + MAX_BYTES + " bytes",
                "shorten it");
      }
    }
    if (username.isEmpty() && !password.isEmpty()) {
      settings.warning("password", "'password' means nothing without 'username'", "add username");
    }
    return new HttpConnectOptions(server, username, password);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "http proxy " + server;
  }
}
