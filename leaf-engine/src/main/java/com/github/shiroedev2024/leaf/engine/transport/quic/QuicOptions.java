package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.TrustSettings;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.ApplicationProtocol;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of the client's {@code quic}.
 *
 * @param server where connections go
 * @param serverName the name sent and checked
 * @param alpn application protocols offered, the preferred first; at least one
 */
record QuicOptions(Destination server, String serverName, List<String> alpn, TrustSettings trust)
    implements PartOptions {
  static final List<Key> KEYS = keys();

  QuicOptions {
    alpn = List.copyOf(alpn);
  }

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>();
    keys.add(new Key("address", "required", "the server's name or IP"));
    keys.add(new Key("port", "required", "the server's UDP port, 1 to 65535"));
    keys.add(new Key("serverName", "address", "the name sent to the server and checked"));
    keys.add(new Key("alpn", "required", "application protocols offered, the preferred first"));
    keys.addAll(TrustSettings.KEYS);
    return List.copyOf(keys);
  }

  static QuicOptions read(Settings settings) {
    QuicLibrary.require(settings);
    String address = settings.required("address");
    String name = settings.string("serverName", "");
    return new QuicOptions(
        Destination.of(address, settings.requiredPort("port")),
        name.isEmpty() ? address : name,
        alpn(settings),
        TrustSettings.read(settings));
  }

  /** The setting {@code alpn}, which QUIC cannot do without (RFC 9001, section 8.1). */
  static List<String> alpn(Settings settings) {
    List<String> protocols = ApplicationProtocol.read(settings);
    if (protocols.isEmpty() && settings.strings("alpn").isEmpty()) {
      settings.error(
          "alpn",
          "QUIC needs at least one application protocol",
          "add alpn, the same at both ends, such as [\"h3\"]");
    }
    return protocols;
  }
}
