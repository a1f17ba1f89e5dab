/** Tests of the protocol {@code socks}. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.socks;

import org.jspecify.annotations.NullMarked;
