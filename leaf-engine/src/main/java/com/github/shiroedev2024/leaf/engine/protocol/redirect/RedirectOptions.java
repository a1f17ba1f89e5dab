package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of {@code redirect}.
 *
 * @param target where everything goes
 */
record RedirectOptions(Destination target) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("address", "required", "name or IP that everything goes to; UDP needs an IP"),
          new Key("port", "required", "port from 1 to 65535 that everything goes to"));

  static RedirectOptions read(Settings settings) {
    return new RedirectOptions(
        Destination.of(settings.required("address"), settings.requiredPort("port")));
  }
}
