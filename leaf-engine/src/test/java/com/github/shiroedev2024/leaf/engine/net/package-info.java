/** Tests of the values used by everybody. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.net;

import org.jspecify.annotations.NullMarked;
