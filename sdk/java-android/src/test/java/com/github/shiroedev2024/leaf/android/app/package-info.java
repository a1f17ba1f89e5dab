/** A small app that is shrunk with the SDK and then run. */
@NullMarked
package com.github.shiroedev2024.leaf.android.app;

import org.jspecify.annotations.NullMarked;
