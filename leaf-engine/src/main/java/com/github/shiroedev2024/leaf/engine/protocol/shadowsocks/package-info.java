/**
 * Shadowsocks, client and server: the AEAD edition (SIP004) and that of 2022 (SIP022, SIP023).
 *
 * <pre>
 * AEAD
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
 *
 * 2022
 * TCP, client:          salt | [identity header (16)] | sealed (0, time, length) (11 + 16)
 *                       | sealed (address, padding, data) (length + 16) | chunk | …
 * TCP, server:          salt | sealed (1, time, client's salt, length) | sealed data | chunk | …
 * UDP:                  AES(session id, packet id) | [identity header (16)] | sealed body
 *                       or nonce (24) | sealed (session id, packet id, body)
 *   body:               type, time, [client's session id], padding, address, data
 * key:                  given; subkey: BLAKE3 derive_key
 * </pre>
 *
 * There is no handshake: the server answers nothing until the destination does.
 *
 * @see <a href="https://shadowsocks.org/doc/aead.html">AEAD ciphers</a>
 * @see <a href="https://shadowsocks.org/doc/sip022.html">SIP022</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import org.jspecify.annotations.NullMarked;
