/** Tests of QUIC. */
@org.jspecify.annotations.NullMarked
package com.github.shiroedev2024.leaf.engine.transport.quic;
