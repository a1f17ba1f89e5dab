package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.os.PacketPieces;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A device of one queue whose other end is the test. */
final class FakePackets implements PacketDevice {
  private final int headerLength;
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>(); // this
  private final List<byte[]> written = new ArrayList<>(); // this
  private final AtomicLong writes = new AtomicLong();
  private boolean woken; // this
  private boolean keeps = true; // this
  private boolean closed; // this

  FakePackets(int headerLength) {
    this.headerLength = headerLength;
  }

  /** Sends a packet, its header included, to Leaf. */
  synchronized void send(byte[] packet) {
    waiting.add(packet);
    notifyAll();
  }

  /** Counts only from now on what Leaf writes. */
  synchronized void forget() {
    keeps = false;
    written.clear();
  }

  synchronized boolean allRead() {
    return waiting.isEmpty();
  }

  synchronized List<byte[]> written() {
    return List.copyOf(written);
  }

  long writes() {
    return writes.get();
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public String name() {
    return "fake0";
  }

  @Override
  public int queues() {
    return 1;
  }

  @Override
  public int headerLength() {
    return headerLength;
  }

  @Override
  public boolean takesDatagramBatches() {
    return headerLength > 0;
  }

  @Override
  public synchronized int read(int queue, NativeBuffer into, int at) {
    byte[] packet = waiting.poll();
    if (packet == null) {
      return 0;
    }
    into.bytes().put(at, packet);
    return packet.length;
  }

  @Override
  public synchronized boolean write(int queue, NativeBuffer from, int start, int length) {
    if (closed) {
      throw new AssertionError("written to after it was closed");
    }
    writes.incrementAndGet();
    if (keeps) {
      byte[] packet = new byte[length];
      from.bytes().get(start, packet);
      written.add(packet);
    }
    return true;
  }

  @Override
  public boolean write(int queue, PacketPieces packet) {
    NativeBuffer whole = new NativeBuffer(packet.length());
    packet.copyTo(whole.bytes());
    return write(queue, whole, 0, packet.length());
  }

  @Override
  public synchronized boolean await(int queue) {
    while (waiting.isEmpty() && !woken) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return !woken;
  }

  @Override
  public synchronized void wake() {
    woken = true;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
