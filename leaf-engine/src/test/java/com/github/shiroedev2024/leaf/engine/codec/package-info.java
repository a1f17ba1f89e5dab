/** Tests of what several protocols share. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.codec;

import org.jspecify.annotations.NullMarked;
