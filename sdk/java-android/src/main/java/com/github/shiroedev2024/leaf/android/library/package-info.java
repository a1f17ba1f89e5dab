/**
 * The client of the runtime's HTTP API for Android apps, and the control of the service that runs
 * Leaf.
 */
@NullMarked
package com.github.shiroedev2024.leaf.android.library;

import org.jspecify.annotations.NullMarked;
