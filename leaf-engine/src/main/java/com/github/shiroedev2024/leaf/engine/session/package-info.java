/** One TCP connection or UDP association: what it is, what it moved, how it ended. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.session;

import org.jspecify.annotations.NullMarked;
