package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.ServerAddress;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the outbound {@code trojan}.
 *
 * @param server null when a part below reaches it
 */
record TrojanOptions(@Nullable Destination server, String password) implements PartOptions {
  static List<Key> keys() {
    List<Key> keys = new ArrayList<>(ServerAddress.KEYS);
    keys.add(new Key("password", "required", "the password the server has"));
    return List.copyOf(keys);
  }

  static TrojanOptions read(Settings settings) {
    return new TrojanOptions(ServerAddress.read(settings), settings.required("password"));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "trojan " + server;
  }
}
