package com.github.shiroedev2024.leaf.engine.spi;

import java.util.List;

/** One kind of inbound: its name, its settings, how it is built. */
public interface InboundType {
  /** The word used as {@code protocol} in the configuration. */
  String name();

  /** Other words for the same thing. */
  default List<String> aliases() {
    return List.of();
  }

  /** Every setting it understands. */
  List<Key> keys();

  /** Reads and checks the settings; see {@link OutboundType#read}. */
  PartOptions read(Settings settings);

  /** User ids these options configure, so that the API knows them before they are seen. */
  default List<String> userIds(PartOptions options) {
    return List.of();
  }

  /** Builds it. Never touches the network. */
  Inbound build(InboundSpec spec, InboundContext context);
}
