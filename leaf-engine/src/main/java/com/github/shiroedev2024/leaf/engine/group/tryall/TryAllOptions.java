package com.github.shiroedev2024.leaf.engine.group.tryall;

import com.github.shiroedev2024.leaf.engine.spi.Key;
import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The settings of a tryall group.
 *
 * @param delay between the start of one member and the next
 */
record TryAllOptions(List<String> actors, Duration delay) implements PartOptions {
  static final List<Key> KEYS =
      List.of(
          Members.KEY,
          new Key("delayBase", "0 ms", "ms between the start of one member and the next"));

  static TryAllOptions read(Settings settings) {
    return new TryAllOptions(
        Members.readOnce(settings), Duration.ofMillis(settings.number("delayBase", 0, 0, 60_000)));
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
