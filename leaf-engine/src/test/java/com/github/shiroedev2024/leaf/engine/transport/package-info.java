/** What tests of transports share. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport;

import org.jspecify.annotations.NullMarked;
