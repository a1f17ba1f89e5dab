package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.IdentitySource;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the server's {@code tls}.
 *
 * @param identity null only when an error was reported
 */
record TlsLayerOptions(@Nullable IdentitySource identity, Alpn alpn, TlsVersion minVersion)
    implements PartOptions {
  static final List<Key> KEYS = keys();

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>(IdentitySource.KEYS);
    keys.add(
        new Key(
            "alpn",
            "none",
            "application protocols accepted, the preferred first; name h2 in front of h2 and"
                + " grpc"));
    keys.add(TlsVersion.KEY);
    keys.add(new Key("echConfig", "none", "not possible on this side"));
    keys.add(new Key("echKey", "none", "not possible on this side"));
    return List.copyOf(keys);
  }

  static TlsLayerOptions read(Settings settings) {
    for (String key : List.of("echConfig", "echKey")) {
      if (settings.has(key)) {
        settings.error(
            key, "encrypted client hello (ECH) is not possible on this side", "remove it");
      }
    }
    return new TlsLayerOptions(
        IdentitySource.read(settings), Alpn.read(settings), TlsVersion.read(settings));
  }
}
