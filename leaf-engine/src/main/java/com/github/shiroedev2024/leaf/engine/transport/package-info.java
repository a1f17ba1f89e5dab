/** What lies between a socket and a protocol: each package is one layer, client and server. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.transport;

import org.jspecify.annotations.NullMarked;
