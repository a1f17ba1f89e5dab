package com.github.shiroedev2024.leaf.engine.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** PING to {@code healthcheck.leaf}, which a Leaf server answers by PONG. */
final class PongCodec implements Exchange {
  private static final String PONG = "PONG";
  private int seen;

  @Override
  public void ask(ByteBuf out) {
    ByteBufUtil.writeAscii(out, "PING");
  }

  @Override
  public Verdict answer(ByteBuf in) {
    while (in.isReadable()) {
      if (seen == PONG.length() || in.readByte() != PONG.charAt(seen)) {
        return Verdict.WRONG;
      }
      seen++;
    }
    return seen == PONG.length() ? Verdict.RIGHT : Verdict.MORE;
  }

  @Override
  public String fault() {
    return "the answer was not PONG; is it a leaf server?";
  }
}
