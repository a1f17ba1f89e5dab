/** Tests of the list of types. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.registry;

import org.jspecify.annotations.NullMarked;
