package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The settings of a {@code ws} inbound. */
record WsServerOptions(String path, String earlyDataHeader) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          new Key("path", "/", "path accepted, whatever query comes with it"),
          new Key(
              "earlyDataHeader",
              WsOptions.PROTOCOL,
              "header in which a client may send its first bytes"));

  static WsServerOptions read(Settings settings) {
    return new WsServerOptions(HttpText.path(settings, false), WsOptions.earlyDataHeader(settings));
  }
}
