@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.obfs;

import org.jspecify.annotations.NullMarked;
