/**
 * A stream in the bodies of an HTTP/2 request and its answer, both halves: what V2Ray calls the
 * transport {@code http} or {@code h2}.
 *
 * <pre>
 * client:  PUT path, :authority one of the hosts | DATA … | END_STREAM
 * server:  200                                   | DATA … | END_STREAM
 * </pre>
 *
 * Each direction ends by itself. Over TLS the application protocol must be {@code h2}; without TLS
 * the client begins with HTTP/2 at once (prior knowledge).
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.h2;

import org.jspecify.annotations.NullMarked;
