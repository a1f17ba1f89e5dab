/** Stand-ins that tests of groups and probes drive by hand. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.fakes;

import org.jspecify.annotations.NullMarked;
