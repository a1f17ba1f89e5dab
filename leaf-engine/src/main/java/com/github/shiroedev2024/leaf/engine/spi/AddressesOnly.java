package com.github.shiroedev2024.leaf.engine.spi;

/**
 * Marks a handler that makes a socket's packets of {@link Datagram}s and nothing else: payloads
 * pass it unchanged, and addresses that are no names stay what they are.
 */
public interface AddressesOnly {}
