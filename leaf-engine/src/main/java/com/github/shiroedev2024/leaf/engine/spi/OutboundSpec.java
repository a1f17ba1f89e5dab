package com.github.shiroedev2024.leaf.engine.spi;

/**
 * A checked outbound, ready to be built.
 *
 * @param type its kind, as in the registry
 * @param word the word the configuration used for the type ({@code fallback} for {@code failover})
 * @param generated true for parts the {@code .conf} shorthand made ({@code A_tls_xxx})
 */
public record OutboundSpec(
    String tag,
    OutboundType type,
    String word,
    PartOptions options,
    Source source,
    boolean generated) {}
