/** Tests of the runtime's log. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.logs;

import org.jspecify.annotations.NullMarked;
