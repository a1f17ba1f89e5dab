package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Remembers the auth ids of the requests that were served, so that none is served twice: for as
 * long as its time would be believed, which is twice the allowed difference. Two sets take turns,
 * so each is dropped as a whole. When one is full no new request is believed until it is dropped.
 * Safe from any thread.
 */
final class AuthIds {
  private static final long TURN_SECONDS = 2 * VmessUsers.MAX_DIFFERENCE_SECONDS;

  /** Of one turn; about 100 bytes each. */
  static final int MAX_IDS = 100_000;

  private Set<ByteBuffer> now = new HashSet<>();
  private Set<ByteBuffer> before = new HashSet<>();
  private long turn;

  /** Whether the id at the reader index, which does not move, is seen for the first time. */
  synchronized boolean fresh(ByteBuf in, long unixSeconds) {
    long current = Math.floorDiv(unixSeconds, TURN_SECONDS);
    if (current != turn) {
      before = current == turn + 1 ? now : new HashSet<>();
      now = new HashSet<>();
      turn = current;
    }
    byte[] id = new byte[VmessHeader.AUTH_ID_BYTES];
    in.getBytes(in.readerIndex(), id);
    ByteBuffer key = ByteBuffer.wrap(id);
    return now.size() < MAX_IDS && !before.contains(key) && now.add(key);
  }
}
