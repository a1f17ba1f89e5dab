/**
 * simple-obfs, the client's half: the first bytes each way are dressed up as the beginning of an
 * HTTP or a TLS connection. It hides nothing and checks nothing; the protocol above does.
 *
 * <pre>
 * http   out: GET path HTTP/1.1, Host, User-Agent, Upgrade, …, Content-Length: n, n bytes | bytes …
 *        in:  an HTTP head | bytes …
 * tls    out: a ClientHello whose session ticket is the first bytes | 17 0303 length(2) bytes | …
 *        in:  ServerHello (96), ChangeCipherSpec (6), 16 0303 length(2) bytes
 *             | 17 0303 length(2) bytes | …
 * </pre>
 *
 * The end of either direction is that of the stream below.
 *
 * @see <a href="https://github.com/shadowsocks/simple-obfs">simple-obfs</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.obfs;

import org.jspecify.annotations.NullMarked;
