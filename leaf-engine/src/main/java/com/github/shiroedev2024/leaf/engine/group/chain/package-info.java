/** Outbounds one on top of the other: each reaches the next through the one before. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.chain;

import org.jspecify.annotations.NullMarked;
