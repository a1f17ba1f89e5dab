/** The command line: one class per command, its output and its exit codes. */
@NullMarked
package com.github.shiroedev2024.leaf.core.cli;

import org.jspecify.annotations.NullMarked;
