/** Values used by everybody: networks, destinations, CIDRs. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.net;

import org.jspecify.annotations.NullMarked;
