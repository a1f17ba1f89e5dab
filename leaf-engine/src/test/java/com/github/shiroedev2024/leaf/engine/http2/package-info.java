@NullMarked
package com.github.shiroedev2024.leaf.engine.http2;

import org.jspecify.annotations.NullMarked;
