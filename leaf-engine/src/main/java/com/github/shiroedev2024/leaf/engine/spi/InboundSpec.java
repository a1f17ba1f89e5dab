package com.github.shiroedev2024.leaf.engine.spi;

import java.net.InetSocketAddress;

/**
 * A checked inbound, ready to be built.
 *
 * @param listen the address to bind; port 0 takes a free one
 */
public record InboundSpec(
    String tag, InboundType type, InetSocketAddress listen, PartOptions options, Source source) {
  /** The same under the tag of the inbound that it is a part of, which is what statistics show. */
  public InboundSpec as(String other) {
    return new InboundSpec(other, type, listen, options, source);
  }
}
