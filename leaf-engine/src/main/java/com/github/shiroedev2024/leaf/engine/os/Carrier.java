package com.github.shiroedev2024.leaf.engine.os;

import io.netty.channel.unix.Socket;
import java.io.IOException;

/** What holds the bytes of one direction between two sockets. For one thread at a time. */
public sealed interface Carrier permits Pipe, CopyBuffer {
  /**
   * Takes what the socket has and there is room for.
   *
   * @return bytes taken, 0 when it has nothing now or there is no room, -1 at its end
   */
  int fill(Socket from) throws IOException;

  /**
   * Gives the socket what it takes.
   *
   * @return bytes given, 0 when it takes none now
   */
  int drain(Socket to) throws IOException;

  /** Bytes taken and not given yet. */
  int held();

  /** An empty carrier that took fewer bytes than this in one call has left none in the socket. */
  int surelyAll();

  /** Drops what it holds. Idempotent. */
  void close();
}
