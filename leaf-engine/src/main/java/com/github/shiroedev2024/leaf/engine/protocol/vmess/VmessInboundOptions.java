package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of the inbound {@code vmess}.
 *
 * @param users who may use it; not empty
 */
record VmessInboundOptions(List<UuidUser> users) implements PartOptions {
  VmessInboundOptions {
    users = List.copyOf(users);
  }

  static VmessInboundOptions read(Settings settings) {
    return new VmessInboundOptions(UuidUser.read(settings));
  }
}
