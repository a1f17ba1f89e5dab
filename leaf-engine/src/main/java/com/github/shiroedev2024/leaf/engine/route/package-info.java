/** Which outbound a destination goes to: the rules, compiled. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.route;

import org.jspecify.annotations.NullMarked;
