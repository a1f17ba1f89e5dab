/** Tests of the configuration readers. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.config;

import org.jspecify.annotations.NullMarked;
