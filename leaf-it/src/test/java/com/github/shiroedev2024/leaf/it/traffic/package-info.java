/** What programs around Leaf do: clients of its inbounds, and what probes ask for. */
@NullMarked
package com.github.shiroedev2024.leaf.it.traffic;

import org.jspecify.annotations.NullMarked;
