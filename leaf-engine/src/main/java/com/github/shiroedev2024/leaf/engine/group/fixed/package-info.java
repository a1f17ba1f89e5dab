/** The group that spreads sessions over its members without looking at them ({@code static}). */
@NullMarked
package com.github.shiroedev2024.leaf.engine.group.fixed;

import org.jspecify.annotations.NullMarked;
