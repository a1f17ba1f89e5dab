/** Tests of the protocol {@code redirect}. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import org.jspecify.annotations.NullMarked;
