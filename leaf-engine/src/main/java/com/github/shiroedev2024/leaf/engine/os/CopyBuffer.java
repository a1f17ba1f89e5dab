package com.github.shiroedev2024.leaf.engine.os;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Memory of the process, where there is no pipe to be had: bytes are copied in and out. */
final class CopyBuffer implements Carrier {
  /** Bytes. */
  private static final int SIZE = 64 * 1024;

  private final ByteBuf memory;
  private final ByteBuffer bytes;
  private int given;
  private int taken;

  CopyBuffer(ByteBufAllocator allocator) {
    memory = allocator.directBuffer(SIZE, SIZE);
    bytes = memory.internalNioBuffer(0, SIZE).slice();
  }

  @Override
  public int fill(Socket from) throws IOException {
    if (given == taken) {
      given = 0;
      taken = 0;
    }
    if (taken == SIZE) {
      return 0;
    }
    int count = from.recv(bytes, taken, SIZE);
    taken += Math.max(count, 0);
    return count;
  }

  @Override
  public int drain(Socket to) throws IOException {
    int count = to.send(bytes, given, taken);
    given += count;
    return count;
  }

  @Override
  public int held() {
    return taken - given;
  }

  @Override
  public int surelyAll() {
    return SIZE;
  }

  @Override
  public void close() {
    if (memory.refCnt() > 0) {
      memory.release();
    }
  }
}
