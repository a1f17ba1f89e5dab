package com.github.shiroedev2024.leaf.engine.session;

/**
 * How long the stages of a session's set-up took, in nanoseconds; {@link #UNSET} where not reached.
 * Written on the session's event loop, read from anywhere (a reader may see a slightly old value).
 */
public final class Timings {
  public static final long UNSET = -1;

  private volatile long dns = UNSET;
  private volatile long connect = UNSET;
  // A volatile += is safe: only the session's loop writes.
  private volatile long handshake = UNSET;
  private volatile long firstByte = UNSET;

  public void dns(long nanos) {
    dns = nanos;
  }

  public void connect(long nanos) {
    connect = nanos;
  }

  /** Adds one handshake from its begin to its end; those of stacked layers add up. */
  public void handshake(long beginNanos, long endNanos) {
    handshake = Math.max(handshake, 0) + (endNanos - beginNanos);
  }

  /** From the start of the session to the first byte from the remote. */
  public void firstByte(long nanos) {
    firstByte = nanos;
  }

  public long dns() {
    return dns;
  }

  public long connect() {
    return connect;
  }

  public long handshake() {
    return handshake;
  }

  public long firstByte() {
    return firstByte;
  }
}
