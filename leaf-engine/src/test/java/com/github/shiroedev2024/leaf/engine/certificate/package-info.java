/** Tests of certificates and keys. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.certificate;

import org.jspecify.annotations.NullMarked;
