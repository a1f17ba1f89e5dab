/**
 * HTTP proxies, both directions.
 *
 * <p>The outbound {@code http} asks a proxy for a tunnel: CONNECT, maybe with a Basic login (RFC
 * 7617), then the stream behind the head of a 2xx response.
 *
 * <p>The inbound {@code http}: a proxy for HTTP/1.0 and 1.1 clients (RFC 9110, RFC 9112). CONNECT
 * becomes a tunnel; requests that name a whole {@code http://} URL are forwarded one after another,
 * each to its own host.
 *
 * <pre>
 * client   HttpRequestReader - HttpProxyHandler
 *                                    |  one exchange at a time
 * remote   ByteCounter - HttpResponseReader - HttpUpstream
 * </pre>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.http;

import org.jspecify.annotations.NullMarked;
