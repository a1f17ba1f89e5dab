/** The relay between real sockets. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.relay;

import org.jspecify.annotations.NullMarked;
