/**
 * What the transports that look like HTTP share: the head of an HTTP/1.1 message, the handshake by
 * which a connection is switched to another protocol (RFC 9110, section 7.8), and the settings they
 * have in common.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.http;

import org.jspecify.annotations.NullMarked;
