package com.github.shiroedev2024.leaf.engine.os;

/**
 * Gives and takes IP packets. A queue is read by one thread; any thread may write to any queue.
 * Packets stand behind {@link #headerLength} bytes of a {@code virtio_net_hdr}, if that is not 0.
 */
public interface PacketDevice extends AutoCloseable {
  /** The interface's name; empty when it has none. */
  String name();

  int queues();

  /** 10 when packets come with a header that tells of offloaded work, else 0; bytes. */
  int headerLength();

  /** Whether it takes several UDP datagrams as one packet with a header that says so. */
  boolean takesDatagramBatches();

  /**
   * Reads one packet; never waits.
   *
   * @param at where it shall begin; there is room for the longest behind it
   * @return its length with the header; 0 when there is none; -1 when the device is gone
   */
  int read(int queue, NativeBuffer into, int at);

  /**
   * Writes one packet with its header.
   *
   * @return false when the system did not take it: the packet is lost
   */
  boolean write(int queue, NativeBuffer from, int start, int length);

  /** The same for one whose bytes lie in several places. */
  boolean write(int queue, PacketPieces packet);

  /** Waits until there is something to read; false when {@link #wake} was called. */
  boolean await(int queue);

  /** Ends all waiting, now and later. From any thread. */
  void wake();

  /** Frees the device. Nobody may be reading, writing or waiting. Idempotent. */
  @Override
  void close();
}
