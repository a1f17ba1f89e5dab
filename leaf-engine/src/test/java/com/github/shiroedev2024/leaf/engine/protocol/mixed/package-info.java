/** Tests of the protocol {@code mixed}. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import org.jspecify.annotations.NullMarked;
