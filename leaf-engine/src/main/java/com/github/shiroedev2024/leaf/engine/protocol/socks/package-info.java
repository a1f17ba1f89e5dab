/**
 * SOCKS, both directions: SOCKS5 (RFC 1928, logins by RFC 1929) with CONNECT and UDP ASSOCIATE, and
 * as an inbound also SOCKS4 and 4a CONNECT.
 *
 * <pre>
 * greeting   05 | n | n methods                     -&gt; 05 | method
 * login      01 | len | name | len | password       -&gt; 01 | status
 * request    05 | command | 00 | address            -&gt; 05 | reply | 00 | address
 * datagram   00 00 | fragment | address | payload
 * address    01 | 4 bytes | port     03 | len | name | port     04 | 16 bytes | port
 * SOCKS4     04 | command | port | 4 bytes | user id 00 [| name 00 if the IP is 0.0.0.x]
 *                                                   -&gt; 00 | reply | 6 bytes
 * </pre>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.socks;

import org.jspecify.annotations.NullMarked;
