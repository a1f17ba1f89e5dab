/** The explicit lists of all inbound and outbound types: one line each. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.registry;

import org.jspecify.annotations.NullMarked;
