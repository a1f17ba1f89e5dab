/** An example of the desktop SDK. */
@NullMarked
package com.github.shiroedev2024.leaf.examples.desktop;

import org.jspecify.annotations.NullMarked;
