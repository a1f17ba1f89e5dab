/** Tests of name lookups, against DNS servers on real sockets. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.dns;

import org.jspecify.annotations.NullMarked;
