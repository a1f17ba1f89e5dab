/** Moves bytes and datagrams between client and remote, and counts them. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.relay;

import org.jspecify.annotations.NullMarked;
