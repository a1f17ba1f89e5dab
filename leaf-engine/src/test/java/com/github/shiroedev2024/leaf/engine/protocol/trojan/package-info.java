/** Tests of Trojan. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import org.jspecify.annotations.NullMarked;
