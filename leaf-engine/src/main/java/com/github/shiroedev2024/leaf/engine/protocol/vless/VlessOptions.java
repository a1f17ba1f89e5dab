package com.github.shiroedev2024.leaf.engine.protocol.vless;

import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.ServerAddress;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the outbound {@code vless}.
 *
 * @param server null when a part below reaches it
 */
record VlessOptions(@Nullable Destination server, UUID uuid) implements PartOptions {
  private static final UUID NIL = new UUID(0, 0);
  private static final String NO_FLOW = "none";
  private static final String VISION = "xtls-rprx-vision";

  static List<Key> keys() {
    List<Key> keys = new ArrayList<>(ServerAddress.KEYS);
    keys.add(new Key("uuid", "required", "the user's UUID"));
    keys.add(
        new Key("flow", "required", "none; a flow such as " + VISION + " is not supported yet"));
    return List.copyOf(keys);
  }

  static VlessOptions read(Settings settings) {
    flow(settings);
    Destination server = ServerAddress.read(settings);
    UUID uuid = Uuids.required(settings, "uuid");
    return new VlessOptions(server, uuid == null ? NIL : uuid);
  }

  /** Leaf's engine always announced Vision, so a node that says nothing means just that. */
  private static void flow(Settings settings) {
    String flow = settings.has("flow") ? settings.string("flow") : "";
    if (flow == null || flow.equals(NO_FLOW)) {
      return; // told, or as it must be
    }
    settings.error(
        "flow",
        flow.isEmpty()
            ? "without a 'flow' the node would use Vision (" + VISION + "), not supported yet"
            : flow.equals(VISION)
                ? "Vision (" + VISION + ") is not supported yet"
                : "the flow '" + flow + "' is not supported",
        "write flow=none if the server takes clients without Vision");
  }

  /** Without the UUID. */
  @Override
  public String toString() {
    return "vless " + server;
  }
}
