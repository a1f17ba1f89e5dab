/** Tests of the TUN inbound on a device made of queues. */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.tun;

import org.jspecify.annotations.NullMarked;
