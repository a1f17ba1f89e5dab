package com.github.shiroedev2024.leaf.engine.spi;

import java.util.List;

/** One kind of outbound, transport layer or group: its name, its settings, how it is built. */
public interface OutboundType {
  /** The word used as {@code protocol} or group type in the configuration. */
  String name();

  /** Other words for the same thing. */
  default List<String> aliases() {
    return List.of();
  }

  /** Every setting it understands. */
  List<Key> keys();

  /** True when it chooses among members rather than carrying itself; a chain is not a group. */
  default boolean isGroup() {
    return false;
  }

  /**
   * Whom it asks what is below it for, with these settings of its own. It is what tells whether a
   * chain leads to a server at all.
   */
  default Reach reach(PartOptions options) {
    return isGroup() ? Reach.CHOICE : Reach.SERVER;
  }

  /**
   * Reads and checks the settings. Problems are reported to {@link Settings#problems}; the value
   * answered is used only if there were no errors.
   */
  PartOptions read(Settings settings);

  /** Builds it. Never touches the network; what it references was built before. */
  Outbound build(OutboundSpec spec, OutboundContext context);
}
