package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The keys that are known outside of the protocols. All camelCase. */
final class Keys {
  static final Set<String> LOG = Set.of("level", "output", "format", "memory", "memoryBytes");
  static final Set<String> API = Set.of("interface", "port", "allowedOrigins");
  static final Set<String> HEALTH = Set.of("url", "dns", "timeout");
  static final Set<String> USER = Set.of("id", "username", "password", "uuid");

  private Keys() {}

  static List<String> names(Collection<Key> keys) {
    List<String> names = new ArrayList<>(keys.size());
    keys.forEach(key -> names.add(key.name()));
    return names;
  }
}
