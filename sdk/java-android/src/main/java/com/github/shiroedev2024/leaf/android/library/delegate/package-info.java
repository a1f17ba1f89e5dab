/** What an app is told of Leaf and of the service that runs it. */
@NullMarked
package com.github.shiroedev2024.leaf.android.library.delegate;

import org.jspecify.annotations.NullMarked;
