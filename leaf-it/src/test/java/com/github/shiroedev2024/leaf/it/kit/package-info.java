/** The contract kit: one scenario and one collection of bad answers for the clients of all SDKs. */
@NullMarked
package com.github.shiroedev2024.leaf.it.kit;

import org.jspecify.annotations.NullMarked;
