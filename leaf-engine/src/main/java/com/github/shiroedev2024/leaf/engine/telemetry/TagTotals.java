package com.github.shiroedev2024.leaf.engine.telemetry;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one tag or user has moved, how far away it last was, and when its peer last showed life.
 * Safe from any thread; totals only ever grow.
 */
public final class TagTotals {
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private volatile long lastPeerActiveMillis;
  private volatile @Nullable Double tcpMillis;
  private volatile @Nullable Double udpMillis;

  /** Adds payload bytes moved from the client to the remote and back. */
  public void add(long sentBytes, long receivedBytes) {
    if (sentBytes != 0) {
      sent.add(sentBytes);
    }
    if (receivedBytes != 0) {
      received.add(receivedBytes);
    }
  }

  /** Notes that the peer sent or took bytes at this time (Unix milliseconds). */
  public void peerActive(long unixMillis) {
    if (unixMillis > lastPeerActiveMillis) {
      lastPeerActiveMillis = unixMillis;
    }
  }

  /** Notes the last TCP probe's round trip in milliseconds; null when the probe failed. */
  public void tcpMillis(@Nullable Double millis) {
    tcpMillis = millis;
  }

  /** Notes the last UDP probe's round trip in milliseconds; null when the probe failed. */
  public void udpMillis(@Nullable Double millis) {
    udpMillis = millis;
  }

  public long sent() {
    return sent.sum();
  }

  public long received() {
    return received.sum();
  }

  /** Unix milliseconds, 0 when the peer never showed life. */
  public long lastPeerActiveMillis() {
    return lastPeerActiveMillis;
  }

  /** The last TCP probe's round trip in milliseconds; null when never measured or failed. */
  public @Nullable Double tcpMillis() {
    return tcpMillis;
  }

  /** The last UDP probe's round trip in milliseconds; null when never measured or failed. */
  public @Nullable Double udpMillis() {
    return udpMillis;
  }
}
