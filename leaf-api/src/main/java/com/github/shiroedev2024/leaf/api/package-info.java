/** The local HTTP API of a runtime. */
@NullMarked
package com.github.shiroedev2024.leaf.api;

import org.jspecify.annotations.NullMarked;
