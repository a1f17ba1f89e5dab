package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;

/** What the editions of the protocol do differently for a client. Safe from any thread. */
interface ClientEdition {
  /**
   * The handler of a new stream.
   *
   * @param destination a destination whose name fits a SOCKS address
   * @param peer what to call the server in failures
   */
  ShadowsocksStream stream(Destination destination, String peer);

  /** The codec of a new association. */
  DatagramCodec datagrams();
}
