/** Tests of Shadowsocks, alone and against foreign servers. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import org.jspecify.annotations.NullMarked;
