package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** One TCP connection of a client, and the port under which our own socket knows it. */
final class TcpFlow extends Flow {
  final int port;

  /** The connection on our side; null until it was accepted. */
  volatile @Nullable Channel channel;

  /** Our side has closed; what still comes is the end of the conversation. */
  volatile boolean closed;

  TcpFlow(PacketView first, int port) {
    super(
        first.six(),
        first.sourceHigh(),
        first.sourceLow(),
        first.sourcePort(),
        first.targetHigh(),
        first.targetLow(),
        first.targetPort());
    this.port = port;
  }
}
