package com.github.shiroedev2024.leaf.engine.group.fixed;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/** The settings of a static group. A member named twice gets twice its share. */
record FixedOptions(List<String> actors, Method method) implements PartOptions {
  /** How the member of a session is found. */
  enum Method {
    /** A member is drawn anew for each session. */
    RANDOM,
    /** One member is drawn when the group is built. */
    RANDOM_ONCE,
    /** The members take turns, beginning with the first. */
    ROUND_ROBIN
  }

  static final List<Key> KEYS =
      List.of(
          Members.KEY,
          new Key("method", "random", "random, random-once, or rr for the members in turn"));

  static FixedOptions read(Settings settings) {
    List<String> actors = Members.read(settings);
    Method method =
        switch (settings.string("method", "random")) {
          case "random" -> Method.RANDOM;
          case "random-once" -> Method.RANDOM_ONCE;
          case "rr" -> Method.ROUND_ROBIN;
          case String other -> {
            settings.error(
                "method", "unknown method '" + other + "'", "use random, random-once or rr");
            yield Method.RANDOM;
          }
        };
    return new FixedOptions(actors, method);
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
