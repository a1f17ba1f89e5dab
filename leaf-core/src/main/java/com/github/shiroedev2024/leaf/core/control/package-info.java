/** The control socket: HTTP with JSON over a Unix domain socket. */
@NullMarked
package com.github.shiroedev2024.leaf.core.control;

import org.jspecify.annotations.NullMarked;
