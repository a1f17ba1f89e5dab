/** Tests of the control of the core. */
@NullMarked
package com.github.shiroedev2024.leaf.desktop;

import org.jspecify.annotations.NullMarked;
