/** Outbound {@code drop}: refuses everything at once. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.drop;

import org.jspecify.annotations.NullMarked;
