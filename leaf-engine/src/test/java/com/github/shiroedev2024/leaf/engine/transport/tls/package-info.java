@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.tls;

import org.jspecify.annotations.NullMarked;
