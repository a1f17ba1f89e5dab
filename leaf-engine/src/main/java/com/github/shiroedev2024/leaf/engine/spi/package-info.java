/** The contracts a protocol, transport or group is written against. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.spi;

import org.jspecify.annotations.NullMarked;
