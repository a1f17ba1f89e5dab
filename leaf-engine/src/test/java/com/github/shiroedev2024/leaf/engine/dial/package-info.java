/** Tests of the system dialer over real sockets. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.dial;

import org.jspecify.annotations.NullMarked;
