/**
 * WebSocket (RFC 6455), both halves. Bytes above, frames below; where one message ends and the next
 * begins means nothing.
 *
 * <pre>
 * frame:   FIN, 3 reserved bits, opcode (4) | MASK, length (7) | length (0, 2 or 8 bytes)
 *          | mask (0 or 4 bytes) | payload
 * opcodes: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong
 * masked:  what the client sends, each byte with the mask's byte of the same place, modulo 4
 * </pre>
 *
 * <p>One write is one binary message of one frame. Binary and text are accepted in frames of any
 * length, and passed on as they come: nothing is gathered, so nothing has to be limited. No
 * extensions are asked for or granted.
 *
 * <p>Early data goes in a field of the request, in base64 of the URL's alphabet without padding; in
 * {@code Sec-WebSocket-Protocol} the answer repeats it, as it does a subprotocol.
 *
 * <p><b>Ends.</b> A Close frame ends both directions for most peers: they write nothing after it.
 * So the client, whose peer may have an answer to give yet, holds the end of its output back until
 * the server's Close has come, or the connection is closed; the server, whose client has got all
 * there is to get, sends Close at once and goes on reading. A Close frame received ends the input;
 * one with a code other than 1000, 1001 or none is a failure. A connection that ends without Close
 * between two messages counts as ended in order, for servers that never send it. A connection that
 * is closed before its output was ended sends no Close: the peer must not take it for the end.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.ws;

import org.jspecify.annotations.NullMarked;
