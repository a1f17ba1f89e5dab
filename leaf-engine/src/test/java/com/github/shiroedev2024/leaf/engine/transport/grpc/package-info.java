@NullMarked
package com.github.shiroedev2024.leaf.engine.transport.grpc;

import org.jspecify.annotations.NullMarked;
