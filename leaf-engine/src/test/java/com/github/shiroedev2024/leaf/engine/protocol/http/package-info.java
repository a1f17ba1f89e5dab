/** Tests of the protocol {@code http}. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.http;

import org.jspecify.annotations.NullMarked;
