/**
 * HTTPUpgrade, both halves: the opening handshake of a WebSocket without its key, then the raw
 * stream. Ends and half-closes are those of the connection below.
 *
 * <pre>
 * GET path HTTP/1.1 | Host | Connection: Upgrade | Upgrade: websocket
 * HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: websocket
 * bytes both ways
 * </pre>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import org.jspecify.annotations.NullMarked;
