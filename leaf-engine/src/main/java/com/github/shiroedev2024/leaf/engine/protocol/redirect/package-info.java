/** Outbound {@code redirect}: everything goes to one fixed address. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.redirect;

import org.jspecify.annotations.NullMarked;
