package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The settings of the outbound {@code amux}.
 *
 * @param server where connections go, by way of the actors
 * @param actors layers below, the nearest hop first; may be empty
 * @param maxAccepts streams one connection carries in its life, 1 to 65536
 * @param concurrency streams on one connection at once, 1 to 65536
 * @param maxRecvBytes bytes received after which a connection takes no new stream; 0: no limit
 * @param maxLifetime age after which a connection takes no new stream; 0: no limit
 */
record AmuxOptions(
    Destination server,
    List<String> actors,
    int maxAccepts,
    int concurrency,
    long maxRecvBytes,
    Duration maxLifetime)
    implements PartOptions {
  private static final int MAX_ACCEPTS = 8;
  private static final int CONCURRENCY = 2;

  static final List<Key> KEYS =
      List.of(
          new Key("address", "required", "the server's name or IP"),
          new Key("port", "required", "the server's port, 1 to 65535"),
          new Key("actors", "none", "tags of the layers below, the nearest hop first"),
          new Key(
              "maxAccepts",
              String.valueOf(MAX_ACCEPTS),
              "streams one connection carries in its life, 1 to " + AmuxFrames.IDS),
          new Key(
              "concurrency",
              String.valueOf(CONCURRENCY),
              "streams on one connection at once, 1 to " + AmuxFrames.IDS),
          new Key("maxRecvBytes", "0", "bytes received after which it is not reused; 0: no limit"),
          new Key("maxLifetime", "0", "s after which it is not reused; 0: no limit"));

  AmuxOptions {
    actors = List.copyOf(actors);
  }

  static AmuxOptions read(Settings settings) {
    return new AmuxOptions(
        Destination.of(settings.required("address"), settings.requiredPort("port")),
        settings.strings("actors"),
        (int) settings.number("maxAccepts", MAX_ACCEPTS, 1, AmuxFrames.IDS),
        (int) settings.number("concurrency", CONCURRENCY, 1, AmuxFrames.IDS),
        settings.number("maxRecvBytes", 0, 0, Long.MAX_VALUE),
        settings.seconds("maxLifetime", Duration.ZERO));
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
