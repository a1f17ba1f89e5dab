/**
 * Leaf against programs that others wrote, in both directions. One {@link
 * com.github.shiroedev2024.leaf.it.interop.Combination} is what both ends agree on; {@link
 * com.github.shiroedev2024.leaf.it.interop.LeafSide} and each {@link
 * com.github.shiroedev2024.leaf.it.interop.Peer} translate it into their own configuration; {@link
 * com.github.shiroedev2024.leaf.it.interop.Check} is what must work then.
 */
@NullMarked
package com.github.shiroedev2024.leaf.it.interop;

import org.jspecify.annotations.NullMarked;
