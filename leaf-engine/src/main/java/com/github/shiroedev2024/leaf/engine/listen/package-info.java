/** Listening sockets: bound before anything is served, kept over reloads. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.listen;

import org.jspecify.annotations.NullMarked;
