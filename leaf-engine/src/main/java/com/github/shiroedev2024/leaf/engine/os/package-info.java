/** What depends on the operating system, each with a portable stand-in. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.os;

import org.jspecify.annotations.NullMarked;
