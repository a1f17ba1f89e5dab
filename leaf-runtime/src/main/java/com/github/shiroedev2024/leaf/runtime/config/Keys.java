package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The keys that are known outside of the protocols. All camelCase. */
final class Keys {
  static final List<String> LOG = List.of("level", "output", "format", "memory", "memoryBytes");
  static final List<String> API = List.of("interface", "port", "allowedOrigins");
  static final List<String> HEALTH = List.of("url", "dns", "timeout");

  /** Of any outbound that is no group: what its own sockets are bound to. */
  static final String INTERFACE = "interface";

  private Keys() {}

  static List<String> names(Collection<Key> keys) {
    List<String> names = new ArrayList<>(keys.size());
    keys.forEach(key -> names.add(key.name()));
    return names;
  }
}
