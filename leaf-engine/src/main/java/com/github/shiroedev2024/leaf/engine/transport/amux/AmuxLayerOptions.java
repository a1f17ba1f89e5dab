package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import java.util.List;

/**
 * The settings of the inbound layer {@code amux}.
 *
 * @param actors layers that a connection passes before its streams are taken apart, the outermost
 *     first; may be empty
 */
record AmuxLayerOptions(List<String> actors) implements PartOptions {
  AmuxLayerOptions {
    actors = List.copyOf(actors);
  }

  @Override
  public List<String> references() {
    return actors;
  }
}
