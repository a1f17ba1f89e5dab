/** Sockets out: dialling addresses, UDP sockets, binding to an interface. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.dial;

import org.jspecify.annotations.NullMarked;
