/**
 * AMux: several streams on one connection, both halves. All numbers are big-endian.
 *
 * <pre>
 * STREAM  0x01 | stream id (2) | length (2) | data; length 0 ends the sender's direction
 * FIN     0x02 | stream id (2)              | ends the sender's direction
 * </pre>
 *
 * There is no handshake and no credit: a stream begins with its first STREAM frame, which only the
 * side that made the connection may send, and a stream nobody reads from stops the whole
 * connection. What is lost with the connection fails its streams.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.amux;

import org.jspecify.annotations.NullMarked;
