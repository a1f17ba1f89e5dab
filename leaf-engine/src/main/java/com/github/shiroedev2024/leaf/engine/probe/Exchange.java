package com.github.shiroedev2024.leaf.engine.probe;

import io.netty.buffer.ByteBuf;

/** What a probe says, and what it makes of the reply. Knows bytes only. */
interface Exchange {
  /** What has been seen so far. */
  enum Verdict {
    RIGHT,
    WRONG,
    /** More bytes are needed, or the datagram was meant for somebody else. */
    MORE
  }

  /** Writes the question. */
  void ask(ByteBuf out);

  /**
   * Looks at the reply: the next bytes of a stream, or one whole datagram. Does not release it and
   * keeps no reference to it.
   */
  Verdict answer(ByteBuf in);

  /** Why the answer was wrong, after {@link Verdict#WRONG}. */
  String fault();
}
