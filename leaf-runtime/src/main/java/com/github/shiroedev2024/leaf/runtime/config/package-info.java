/**
 * Reads {@code .conf} and JSON configurations into one checked model, telling all that is wrong.
 */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.config;

import org.jspecify.annotations.NullMarked;
