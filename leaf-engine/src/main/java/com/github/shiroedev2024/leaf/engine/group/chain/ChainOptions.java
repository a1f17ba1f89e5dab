package com.github.shiroedev2024.leaf.engine.group.chain;

import com.github.shiroedev2024.leaf.engine.spi.Members;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import java.util.List;

/**
 * The settings of a chain.
 *
 * @param actors the nearest hop first
 */
record ChainOptions(List<String> actors) implements PartOptions {
  static ChainOptions read(Settings settings) {
    return new ChainOptions(Members.read(settings));
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
