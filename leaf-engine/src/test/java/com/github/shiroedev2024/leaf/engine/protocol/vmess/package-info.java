@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import org.jspecify.annotations.NullMarked;
