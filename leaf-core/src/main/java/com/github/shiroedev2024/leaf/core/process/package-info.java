/** The core: the long-lived part that starts and stops the runtime and outlives it. */
@NullMarked
package com.github.shiroedev2024.leaf.core.process;

import org.jspecify.annotations.NullMarked;
