/** Tests of the values used by everybody. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.packet;

import org.jspecify.annotations.NullMarked;
