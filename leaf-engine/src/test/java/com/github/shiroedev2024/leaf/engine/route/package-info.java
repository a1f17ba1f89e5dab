/** Tests of the compiled rules. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.route;

import org.jspecify.annotations.NullMarked;
