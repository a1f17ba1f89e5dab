/** Tests of the client and the service control. */
@NullMarked
package com.github.shiroedev2024.leaf.android.library;

import org.jspecify.annotations.NullMarked;
