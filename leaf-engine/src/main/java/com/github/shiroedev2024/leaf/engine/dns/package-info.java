/**
 * Names to addresses: cache, fixed answers, DNS servers over UDP and TCP, the system's resolver.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.dns;

import org.jspecify.annotations.NullMarked;
