/** Tests. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime;

import org.jspecify.annotations.NullMarked;
