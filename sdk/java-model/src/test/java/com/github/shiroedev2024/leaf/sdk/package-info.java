/** Tests of what the clients share. */
@NullMarked
package com.github.shiroedev2024.leaf.sdk;

import org.jspecify.annotations.NullMarked;
