package com.github.shiroedev2024.leaf.engine.dial;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;

/** How every TCP socket that carries a session is set up, accepted and dialled alike. */
public final class StreamOptions {
  /** Reads grow to 256 KiB on a bulk stream, which halves the system calls of the default 64. */
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(512, 4096, 256 * 1024);

  /** A slow reader makes Leaf hold this much, and one read more. */
  private static final WriteBufferWaterMark WRITES =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  private StreamOptions() {}

  /** Before the first read. */
  public static void apply(SocketChannelConfig config) {
    config
        .setTcpNoDelay(true)
        .setKeepAlive(true)
        .setAllowHalfClosure(true)
        .setRecvByteBufAllocator(READS)
        .setWriteBufferWaterMark(WRITES);
  }
}
