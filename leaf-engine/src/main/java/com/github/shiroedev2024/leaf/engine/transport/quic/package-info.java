/**
 * QUIC version 1 (RFC 9000, RFC 9001), both halves, over the system's UDP sockets. There is no
 * header: each client-initiated bidirectional stream is one connection of the protocol above, whose
 * first bytes are that protocol's. {@code QuicOutbound} keeps connections and opens streams on
 * them; {@code QuicLayer} takes the UDP socket of a listener and hands each stream on. {@code
 * QuicStream} is the bottom of every stream's pipeline on either side.
 *
 * <p>The library (quiche, in Netty's packaging) is native. Nothing of it is loaded before a
 * configuration names {@code quic}.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.quic;

import org.jspecify.annotations.NullMarked;
