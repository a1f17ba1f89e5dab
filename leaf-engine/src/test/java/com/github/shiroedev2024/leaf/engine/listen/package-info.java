/** Tests of the listening sockets. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.listen;

import org.jspecify.annotations.NullMarked;
