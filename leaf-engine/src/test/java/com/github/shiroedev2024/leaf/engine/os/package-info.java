/** Tests of what depends on the operating system. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.os;

import org.jspecify.annotations.NullMarked;
