/** What clients say first, and what is learnt from it. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.sniff;

import org.jspecify.annotations.NullMarked;
