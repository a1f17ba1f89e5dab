/** Outbound {@code direct}: straight to the destination. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.direct;

import org.jspecify.annotations.NullMarked;
