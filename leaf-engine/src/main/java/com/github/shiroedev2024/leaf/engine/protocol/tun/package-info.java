/**
 * Inbound {@code tun}: IP packets of a network device become sessions.
 *
 * <p>TCP is left to the kernel: packets are given other addresses so that they reach a socket of
 * ours on the device's own address, and the socket's answers are given the old ones back.
 *
 * <pre>
 * client → target   becomes   peer:port → device:listening port      (port: one for each connection)
 * device → peer     becomes   target → client
 * </pre>
 *
 * <p>UDP datagrams are taken out of their packets and put into new ones, one session for each
 * source. ICMP echo is answered on the spot.
 */
@NullMarked
package com.github.shiroedev2024.leaf.engine.protocol.tun;

import org.jspecify.annotations.NullMarked;
