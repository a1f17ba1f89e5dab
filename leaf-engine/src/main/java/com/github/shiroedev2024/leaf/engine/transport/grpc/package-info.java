/**
 * A stream in the messages of a gRPC call, both halves: what is called {@code gun}.
 *
 * <pre>
 * client:  POST /service/Tun, content-type application/grpc, te trailers | messages | END_STREAM
 * server:  200, content-type application/grpc                            | messages | grpc-status 0
 * message: compressed (1, must be 0) | length (4, big-endian) | Hunk
 * Hunk:    0x0A | length (varint) | bytes        field 1 of the protobuf message, bytes
 * </pre>
 *
 * Each direction ends by itself. A message is decoded as it comes, whatever its length; fields that
 * are not known are skipped, a Hunk may have its field more than once. Several hunks in one message
 * ({@code TunMulti}) are not spoken.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over
 *     HTTP/2</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.grpc;

import org.jspecify.annotations.NullMarked;
