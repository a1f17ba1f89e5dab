package com.github.shiroedev2024.leaf.engine.spi;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A source of packets that an inbound serves, set up and open. It outlives inbounds over reloads.
 * Calls come from one control thread at a time and may block.
 */
public interface Device extends AutoCloseable {
  /** Addresses of its own on which it needs TCP sockets that listen. */
  List<InetAddress> addresses();

  /**
   * Takes the place of a device that ran until now, which it closes. Not a moment passes in which
   * what went to the old one could go elsewhere. Does nothing when there was none.
   *
   * @throws IOException when it could not come up; what went to the old one then goes nowhere
   */
  void takeOver(List<Device> before) throws IOException;

  /**
   * Gives it the inbound that serves it from here on, and begins.
   *
   * @param listening where the sockets on {@link #addresses} listen
   */
  void serve(DeviceInbound inbound, List<InetSocketAddress> listening);

  /** Ends it and undoes what was set up for it. Idempotent. */
  @Override
  void close();
}
