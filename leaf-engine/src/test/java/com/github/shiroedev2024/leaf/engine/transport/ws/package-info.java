@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.ws;

import org.jspecify.annotations.NullMarked;
