/**
 * VLESS, both directions, without a flow.
 *
 * <pre>
 * request    00 | UUID (16) | n | addons (n) | command (1) | address | payload
 *   command  1 TCP, 2 UDP; 3, a multiplexer, is refused
 *   address  port (2, big-endian) | 1: IPv4, 2: length and name, 3: IPv6
 * response   00 | n | addons (n) | payload
 * UDP        both payloads are packets: length (2, big-endian) | data
 *            they all belong to the request's address
 * </pre>
 *
 * Addons say which flow the stream has. None is sent here; those of a server are skipped. The
 * secrecy of the stream is for a layer below.
 *
 * @see <a href="https://xtls.github.io/en/development/protocols/vless.html">VLESS</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.vless;

import org.jspecify.annotations.NullMarked;
