/** Tests of VLESS. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.vless;

import org.jspecify.annotations.NullMarked;
