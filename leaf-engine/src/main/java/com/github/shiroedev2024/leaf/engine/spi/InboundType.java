package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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

  /** The kinds of socket it listens on; see {@link Inbound#networks}. */
  default Set<Network> networks(PartOptions options) {
    return EnumSet.of(Network.TCP);
  }

  /** The firewall mark that Leaf's own sockets must carry beside this inbound; 0: none. */
  default int mark(PartOptions options) {
    return 0;
  }

  /** Whether there can be one inbound of this type only. */
  default boolean once() {
    return false;
  }

  /** Builds it. Never touches the network. */
  Inbound build(InboundSpec spec, InboundContext context);
}
