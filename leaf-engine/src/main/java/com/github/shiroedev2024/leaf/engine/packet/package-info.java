/**
 * IP, TCP, UDP and ICMP headers: pure functions over buffers, without allocation and without a view
 * of sessions or devices.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.packet;

import org.jspecify.annotations.NullMarked;
