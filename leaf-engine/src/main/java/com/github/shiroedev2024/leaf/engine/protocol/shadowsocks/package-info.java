/**
 * Shadowsocks with AEAD ciphers (SIP004), the client's half.
 *
 * <pre>
 * TCP, each direction:  salt (as long as the key) | chunk | chunk | …
 *   chunk:              sealed length (2 + 16) | sealed payload (length + 16)
 *   length:             big-endian, at most 0x3FFF
 *   nonce:              12 bytes, little-endian, one up for each sealed piece
 *   client's payload:   SOCKS address of the destination | data
 *   server's payload:   data
 * UDP, each datagram:   salt | sealed (SOCKS address | data), nonce 0
 *   the address is the destination's on the way out and the source's on the way back
 * key:                  EVP_BytesToKey(MD5, password)
 * subkey:               HKDF-SHA1(key, salt, "ss-subkey"), one for each direction or datagram
 * </pre>
 *
 * There is no handshake: the server answers nothing until the destination does.
 *
 * @see <a href="https://shadowsocks.org/doc/aead.html">AEAD ciphers</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import org.jspecify.annotations.NullMarked;
