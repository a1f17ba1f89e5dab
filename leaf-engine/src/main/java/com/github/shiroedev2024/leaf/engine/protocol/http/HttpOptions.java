package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import java.util.List;

/**
 * The settings of an {@code http} inbound.
 *
 * @param users who may use it; empty: everybody
 */
record HttpOptions(List<User> users) implements PartOptions {
  HttpOptions {
    users = List.copyOf(users);
  }
}
