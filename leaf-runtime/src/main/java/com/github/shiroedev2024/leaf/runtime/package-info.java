/** The runtime: reads a configuration, builds engines, swaps them, answers control calls. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime;

import org.jspecify.annotations.NullMarked;
