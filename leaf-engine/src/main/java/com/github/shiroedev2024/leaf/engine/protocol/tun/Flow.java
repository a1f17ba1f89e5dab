package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a table knows of one source, or of one source and target. */
abstract class Flow {
  final boolean six;
  final long sourceHigh;
  final long sourceLow;
  final int sourcePort;
  final long targetHigh;
  final long targetLow;
  final int targetPort;

  /** The next one of the same bucket; written under the table's lock. */
  volatile @Nullable Flow next;

  /** On the ticker; written by whoever moves a packet, read by the sweep: any recent value does. */
  volatile long seenNanos;

  Flow(
      boolean six,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long targetHigh,
      long targetLow,
      int targetPort) {
    this.six = six;
    this.sourceHigh = sourceHigh;
    this.sourceLow = sourceLow;
    this.sourcePort = sourcePort;
    this.targetHigh = targetHigh;
    this.targetLow = targetLow;
    this.targetPort = targetPort;
  }

  final boolean is(
      boolean ofSix,
      long fromHigh,
      long fromLow,
      int fromPort,
      long toHigh,
      long toLow,
      int toPort) {
    return sourceLow == fromLow
        && sourcePort == fromPort
        && targetLow == toLow
        && targetPort == toPort
        && sourceHigh == fromHigh
        && targetHigh == toHigh
        && six == ofSix;
  }

  final InetSocketAddress source() {
    return new InetSocketAddress(address(six, sourceHigh, sourceLow), sourcePort);
  }

  final Destination target() {
    return Destination.of(address(six, targetHigh, targetLow), targetPort);
  }

  /** The address of two longs, as {@code PacketView} has them. */
  static InetAddress address(boolean six, long high, long low) {
    byte[] bytes =
        six
            ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
            : ByteBuffer.allocate(4).putInt((int) low).array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The high long of an address; 0 for IPv4. */
  static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  /** The low long of an address. */
  static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? ByteBuffer.wrap(bytes).getInt() & 0xffff_ffffL
        : ByteBuffer.wrap(bytes).getLong(8);
  }
}
