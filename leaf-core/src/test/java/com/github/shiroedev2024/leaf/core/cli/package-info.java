/** The command line. */
@NullMarked
package com.github.shiroedev2024.leaf.core.cli;

import org.jspecify.annotations.NullMarked;
