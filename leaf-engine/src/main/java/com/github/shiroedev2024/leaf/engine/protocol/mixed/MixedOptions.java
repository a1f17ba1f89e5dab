package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.List;

/**
 * The settings of a {@code mixed} inbound.
 *
 * @param users who may use it; empty: everybody
 */
record MixedOptions(List<User> users) implements PartOptions {
  MixedOptions {
    users = List.copyOf(users);
  }
}
