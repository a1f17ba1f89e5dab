package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.List;

/**
 * The settings of a {@code socks} inbound.
 *
 * @param users who may use it; empty: everybody
 */
record SocksInboundOptions(List<User> users) implements PartOptions {
  SocksInboundOptions {
    users = List.copyOf(users);
  }
}
