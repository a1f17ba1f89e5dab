/** The runtime's log: one line per message, to an output and into a ring that the API pages. */
@NullMarked
package com.github.shiroedev2024.leaf.runtime.logs;

import org.jspecify.annotations.NullMarked;
