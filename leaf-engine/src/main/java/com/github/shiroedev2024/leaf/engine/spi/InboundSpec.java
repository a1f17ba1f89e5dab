package com.github.shiroedev2024.leaf.engine.spi;

import java.net.InetSocketAddress;

/**
 * A checked inbound, ready to be built.
 *
 * @param listen the address to bind; port 0 takes a free one
 */
public record InboundSpec(
    String tag, InboundType type, InetSocketAddress listen, PartOptions options, Source source) {}
