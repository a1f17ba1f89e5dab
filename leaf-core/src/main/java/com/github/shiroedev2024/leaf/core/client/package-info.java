/** Calls a core over its control socket and a runtime over its HTTP API. */
@NullMarked
package com.github.shiroedev2024.leaf.core.client;

import org.jspecify.annotations.NullMarked;
