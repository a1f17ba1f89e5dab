/** AEAD streams and key derivation: what two or more protocols share, over buffers only. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.crypto;

import org.jspecify.annotations.NullMarked;
