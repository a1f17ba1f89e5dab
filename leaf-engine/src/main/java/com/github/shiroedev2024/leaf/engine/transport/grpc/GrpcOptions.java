package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The settings of either half of {@code grpc}.
 *
 * @param serviceName may be empty, as both sides then leave it out
 */
record GrpcOptions(String serviceName) implements PartOptions {
  static final List<Key> KEYS =
      List.of(new Key("serviceName", "none", "name of the service, as the other side has it"));

  static GrpcOptions read(Settings settings) {
    String name = settings.string("serviceName", "");
    if (name.indexOf('/') >= 0 || name.chars().anyMatch(Character::isISOControl)) {
      settings.error(
          "serviceName",
          "'" + name + "' is no service name: paths of one's own are not supported",
          "use a name without '/'");
    }
    return new GrpcOptions(name);
  }

  /** The path of the call. */
  String path() {
    String name = URLEncoder.encode(serviceName, StandardCharsets.UTF_8).replace("+", "%20");
    return "/" + name + "/Tun";
  }
}
