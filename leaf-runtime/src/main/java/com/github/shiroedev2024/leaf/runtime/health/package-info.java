/** Probes behind the health calls. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.health;

import org.jspecify.annotations.NullMarked;
