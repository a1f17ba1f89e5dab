/** Tests of the package. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.spi;

import org.jspecify.annotations.NullMarked;
