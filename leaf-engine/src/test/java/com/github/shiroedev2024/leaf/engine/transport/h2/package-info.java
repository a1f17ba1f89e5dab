@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.h2;

import org.jspecify.annotations.NullMarked;
