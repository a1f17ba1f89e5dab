package com.github.shiroedev2024.leaf.engine.spi;

/**
 * Written at the tail of a stream's pipeline after the last bytes: each layer says it in its own
 * way (a FIN frame, a close message) or passes it on; at the bottom it becomes a TCP half-close.
 * The promise completes when it was flushed. The other direction stays open.
 */
public final class EndOfStream {
  public static final EndOfStream INSTANCE = new EndOfStream();

  private EndOfStream() {}

  @Override
  public String toString() {
    return "end of stream";
  }
}
