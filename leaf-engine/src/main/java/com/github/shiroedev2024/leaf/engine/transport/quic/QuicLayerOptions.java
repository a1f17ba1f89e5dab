package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.certificate.IdentitySource;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the server's {@code quic}.
 *
 * @param identity null only when an error was reported
 * @param alpn application protocols accepted, the preferred first; at least one
 */
record QuicLayerOptions(@Nullable IdentitySource identity, List<String> alpn)
    implements PartOptions {
  static final List<Key> KEYS = keys();

  QuicLayerOptions {
    alpn = List.copyOf(alpn);
  }

  private static List<Key> keys() {
    List<Key> keys = new ArrayList<>(IdentitySource.KEYS);
    keys.add(new Key("alpn", "required", "application protocols accepted, the preferred first"));
    return List.copyOf(keys);
  }

  static QuicLayerOptions read(Settings settings) {
    QuicLibrary.require(settings);
    return new QuicLayerOptions(IdentitySource.read(settings), QuicOptions.alpn(settings));
  }
}
