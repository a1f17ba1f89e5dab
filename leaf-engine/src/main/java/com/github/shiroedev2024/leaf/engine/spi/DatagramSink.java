package com.github.shiroedev2024.leaf.engine.spi;

/** The way from the remote back to an association's client. On the session's event loop. */
public interface DatagramSink {
  /** Takes ownership of one datagram, whose peer is its source. */
  void receive(Datagram datagram);

  /** Whether it looks into datagrams, so that none may take a shorter way past it. */
  default boolean needsEach() {
    return false;
  }

  /** A batch of {@link #receive} is over: flush. */
  void receiveComplete();
}
