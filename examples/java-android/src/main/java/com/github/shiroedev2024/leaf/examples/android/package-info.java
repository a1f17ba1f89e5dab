/** An example of the Android SDK that runs on any JVM. */
@NullMarked
package com.github.shiroedev2024.leaf.examples.android;

import org.jspecify.annotations.NullMarked;
