package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.TrustSettings;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the client's {@code tls}.
 *
 * @param serverName the name sent and checked; null: the host that is dialled
 */
record TlsOptions(
    @Nullable String serverName, Alpn alpn, TrustSettings trust, TlsVersion minVersion)
    implements PartOptions {
  static final List<Key> KEYS = keys();

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    keys.add(new Key("serverName", "next hop's host", "the name sent to the server and checked"));
    keys.add(new Key("alpn", "none", "application protocols offered, the preferred first"));
    keys.addAll(TrustSettings.KEYS);
    keys.add(TlsVersion.KEY);
    keys.add(new Key("ech", "false", "encrypted client hello: not supported yet"));
    keys.add(new Key("echDisableDnsLookup", "false", "of no effect without ech"));
    keys.add(new Key("echConfigList", "none", "fixed configurations for ech: not supported yet"));
    return List.copyOf(keys);
  }

  static TlsOptions read(Settings settings) {
    String name = settings.has("serverName") ? settings.string("serverName") : null;
    ech(settings);
    return new TlsOptions(
        name == null || name.isEmpty() ? null : name,
        Alpn.read(settings),
        TrustSettings.read(settings),
        TlsVersion.read(settings));
  }

  /** Neither engine can encrypt its hello: to go on in the clear is not what was asked for. */
  private static void ech(Settings settings) {
    boolean wanted = settings.bool("ech", false);
    settings.bool("echDisableDnsLookup", false);
    if (wanted || settings.has("echConfigList")) {
      settings.error(
          wanted ? "ech" : "echConfigList",
          "encrypted client hello (ECH) is not supported yet",
          "remove it; the server's name is then sent in the clear");
    }
  }
}
