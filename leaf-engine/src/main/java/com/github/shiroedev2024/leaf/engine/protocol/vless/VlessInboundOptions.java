package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of the inbound {@code vless}.
 *
 * @param users who may use it; not empty, their UUIDs all different
 */
record VlessInboundOptions(List<UuidUser> users) implements PartOptions {
  VlessInboundOptions {
    users = List.copyOf(users);
  }

  static VlessInboundOptions read(Settings settings) {
    return new VlessInboundOptions(UuidUser.read(settings));
  }
}
