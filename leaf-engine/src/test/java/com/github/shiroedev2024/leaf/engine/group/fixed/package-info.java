/** Tests of the package. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.fixed;

import org.jspecify.annotations.NullMarked;
