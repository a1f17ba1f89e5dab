/** The client of the runtime's HTTP API for desktop programs. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop.api;

import org.jspecify.annotations.NullMarked;
