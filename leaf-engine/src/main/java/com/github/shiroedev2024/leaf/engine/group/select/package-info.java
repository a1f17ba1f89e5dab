/** The group whose member the user picks. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.select;

import org.jspecify.annotations.NullMarked;
