/** The program: its entry point and the wiring of the core, the runtime, the API and the socket. */
@NullMarked
package com.github.shiroedev2024.leaf.core;

import org.jspecify.annotations.NullMarked;
