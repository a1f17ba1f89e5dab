/**
 * Streams over HTTP/2 (RFC 9113), for the transports that are one: a client's pool of connections,
 * a server's side of one, and the stream itself.
 *
 * <p>A client keeps its connections by event loop and server; a session's stream is opened on the
 * session's own loop. A connection is used once the server's SETTINGS are there, for as many
 * streams as the server allows, at most {@value H2Limits#STREAMS}; the next stream opens another.
 * After GOAWAY, or when the pool is closed, it takes no more and closes behind its last stream. One
 * that carries nothing closes after {@value H2Limits#IDLE_SECONDS} s.
 *
 * <p>Each stream may have {@value H2Limits#STREAM_WINDOW} bytes under way to us, a connection
 * {@value H2Limits#CONNECTION_WINDOW}: as much as its streams together, so that those nobody reads
 * do not stop the others. The window opens again as bytes are read, so a slow reader stops the
 * sender.
 *
 * <p>END_STREAM ends one direction, RST_STREAM and the end of the connection both, as a failure
 * where bytes may be missing. Netty's limits on empty frames, resets, continuations, settings and
 * header lists are on.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.http2;

import org.jspecify.annotations.NullMarked;
