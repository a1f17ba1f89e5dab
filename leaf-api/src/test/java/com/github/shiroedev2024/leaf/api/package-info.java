/** Tests of the local HTTP API. */
@NullMarked
package com.github.shiroedev2024.leaf.api;

import org.jspecify.annotations.NullMarked;
