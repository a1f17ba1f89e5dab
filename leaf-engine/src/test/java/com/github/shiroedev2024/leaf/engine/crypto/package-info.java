/** Tests of the AEAD streams and key derivations. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.crypto;

import org.jspecify.annotations.NullMarked;
