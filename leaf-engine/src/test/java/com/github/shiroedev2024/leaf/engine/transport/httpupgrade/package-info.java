@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import org.jspecify.annotations.NullMarked;
