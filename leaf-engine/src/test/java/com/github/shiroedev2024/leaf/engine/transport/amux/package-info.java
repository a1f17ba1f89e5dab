@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.amux;

import org.jspecify.annotations.NullMarked;
