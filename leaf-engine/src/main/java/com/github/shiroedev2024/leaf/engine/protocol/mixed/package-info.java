/** Inbound {@code mixed}: SOCKS and HTTP on one port, told apart by the first byte. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import org.jspecify.annotations.NullMarked;
