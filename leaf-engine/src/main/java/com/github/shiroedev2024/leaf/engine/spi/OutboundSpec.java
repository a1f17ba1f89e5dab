package com.github.shiroedev2024.leaf.engine.spi;

import java.util.List;

/**
 * A checked outbound, ready to be built.
 *
 * @param type its kind, as in the registry
 * @param word the word the configuration used for the type ({@code fallback} for {@code failover})
 * @param interfaces addresses or names of interfaces that its own sockets are bound to, the first
 *     that works; empty: as {@code OUTBOUND_INTERFACE} says
 * @param generated true for parts the {@code .conf} shorthand made ({@code A_tls_xxx})
 */
public record OutboundSpec(
    String tag,
    OutboundType type,
    String word,
    PartOptions options,
    List<String> interfaces,
    Source source,
    boolean generated) {}
