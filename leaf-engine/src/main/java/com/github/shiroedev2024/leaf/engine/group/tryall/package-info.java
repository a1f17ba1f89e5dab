/** The group that dials its members at once, or shortly after each other, and takes the first. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.tryall;

import org.jspecify.annotations.NullMarked;
