package com.github.shiroedev2024.leaf.engine.dial;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.unix.IntegerUnixChannelOption;

/** How every TCP socket that carries a session is set up, accepted and dialled alike. */
public final class StreamOptions {
  /** Reads grow to 256 KiB on a bulk stream, which halves the system calls of the default 64. */
  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(512, 4096, 256 * 1024);

  /** A slow reader makes Leaf hold this much, and one read more. */
  private static final WriteBufferWaterMark WRITES =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /**
   * SO_KEEPALIVE of a Linux listener (linux/socket.h: level SOL_SOCKET 1, option 9); what it
   * accepts inherits it (socket(7)), which saves a system call each.
   */
  public static final IntegerUnixChannelOption KEEP_ALIVE =
      new IntegerUnixChannelOption("SO_KEEPALIVE", 1, 9);

  private StreamOptions() {}

  /** Before the first read. Netty has set TCP_NODELAY by then. */
  public static void apply(SocketChannelConfig config) {
    config.setKeepAlive(true);
    applyInherited(config);
  }

  /** As {@link #apply}, for a socket that was accepted by a listener with {@link #KEEP_ALIVE}. */
  public static void applyInherited(SocketChannelConfig config) {
    config.setAllowHalfClosure(true).setRecvByteBufAllocator(READS).setWriteBufferWaterMark(WRITES);
  }
}
