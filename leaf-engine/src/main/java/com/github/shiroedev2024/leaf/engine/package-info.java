/** The engine: one immutable set of outbounds, rules and inbounds. */
@NullMarked
package com.github.shiroedev2024.leaf.engine;

import org.jspecify.annotations.NullMarked;
