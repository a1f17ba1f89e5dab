package com.github.shiroedev2024.leaf.engine.group.chain;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import java.util.List;

/**
 * The settings of an inbound chain.
 *
 * @param actors the outermost layer first, the protocol last
 */
record ChainInboundOptions(List<String> actors) implements PartOptions {
  ChainInboundOptions {
    actors = List.copyOf(actors);
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
