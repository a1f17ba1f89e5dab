/** What a program is told of the core and of the runtime in it. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop.delegate;

import org.jspecify.annotations.NullMarked;
