/** Tests of the package. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.select;

import org.jspecify.annotations.NullMarked;
