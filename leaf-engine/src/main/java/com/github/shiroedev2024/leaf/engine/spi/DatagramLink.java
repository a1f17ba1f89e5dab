package com.github.shiroedev2024.leaf.engine.spi;

/** The way from a client's association to the remote. On the session's event loop. */
public interface DatagramLink {
  /**
   * Sends one datagram; takes ownership. It is queued while the outbound is being associated, and
   * dropped when the bounded queue is full or the session has ended.
   */
  void send(Datagram datagram);
}
