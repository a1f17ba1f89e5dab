/** Control of the core, the long-lived process that hosts Leaf, for desktop programs. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop;

import org.jspecify.annotations.NullMarked;
