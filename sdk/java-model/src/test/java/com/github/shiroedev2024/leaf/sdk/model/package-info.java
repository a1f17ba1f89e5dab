/** Tests of the preferences. */
@NullMarked
package com.github.shiroedev2024.leaf.sdk.model;

import org.jspecify.annotations.NullMarked;
