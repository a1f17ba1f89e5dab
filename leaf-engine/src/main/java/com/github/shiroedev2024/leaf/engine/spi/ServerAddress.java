package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server of a node that may leave it out, because a part below it in a chain reaches the server
 * by itself ({@code amux}, {@code quic}, {@code redirect}).
 */
public final class ServerAddress {
  public static final List<Key> KEYS =
      List.of(
          new Key(
              "address", "none", "the server's name or IP; only a part of a chain may do without"),
          new Key("port", "none", "the server's port, 1 to 65535; goes with address"));

  private ServerAddress() {}

  /** Null when neither is given; reports when only one is. */
  public static @Nullable Destination read(Settings settings) {
    if (!settings.has("address") && !settings.has("port")) {
      return null;
    }
    return Destination.of(settings.required("address"), settings.requiredPort("port"));
  }
}
