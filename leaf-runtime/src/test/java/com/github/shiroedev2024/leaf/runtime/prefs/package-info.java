/** Tests of the package. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.prefs;

import org.jspecify.annotations.NullMarked;
