package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Network;

/**
 * An inbound type that serves nobody by itself: a part of a {@code chain}, in front of a protocol.
 * The configuration is refused when no chain names it.
 */
public interface LayerType extends InboundType {
  /** What it is reached over when it is the outermost part. */
  default Network network() {
    return Network.TCP;
  }

  /** Builds it. Never touches the network. */
  InboundLayer layer(InboundSpec spec, InboundContext context);

  @Override
  default Inbound build(InboundSpec spec, InboundContext context) {
    throw new IllegalStateException(name() + " alone is refused when the configuration is read");
  }
}
