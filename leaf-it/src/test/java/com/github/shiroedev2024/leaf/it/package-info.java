/** Whole instances run end to end, and the rules of the architecture. */
@NullMarked
package com.github.shiroedev2024.leaf.it;

import org.jspecify.annotations.NullMarked;
