/** What the tests of all protocols share: a small engine with real sockets. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol;

import org.jspecify.annotations.NullMarked;
