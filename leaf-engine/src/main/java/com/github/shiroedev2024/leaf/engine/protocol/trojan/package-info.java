/**
 * Trojan, both directions.
 *
 * <pre>
 * request   key (56) | CR LF | command (1) | address | CR LF | payload
 *   key     the SHA-224 of the password in lower-case hex digits
 *   command 1 TCP, 3 UDP
 *   address SOCKS5's: type | IPv4, length and name, or IPv6 | port
 * UDP, both ways, any number of
 *   packet  address | length (2, big-endian) | CR LF | payload
 *           the address is the destination on the way out and the source on the way back
 * </pre>
 *
 * There is no answer: what comes back is what the destination sends. The secrecy of the stream is
 * for a TLS layer below.
 *
 * @see <a href="https://trojan-gfw.github.io/trojan/protocol">The Trojan Protocol</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import org.jspecify.annotations.NullMarked;
