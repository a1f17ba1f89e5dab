/**
 * TLS as a layer, both halves. {@code Handshake} drives an engine, BoringSSL's or the JDK's,
 * through its handshake; {@code TlsStream} then seals and opens records through {@code Records}, so
 * that each direction ends by itself.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446</a>
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.tls;

import org.jspecify.annotations.NullMarked;
