/** Tests. */
@NullMarked
package com.github.shiroedev2024.leaf.engine;

import org.jspecify.annotations.NullMarked;
