package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

/** What the editions of the protocol do differently for a server. Safe from any thread. */
interface ServerEdition {
  /** For the request of a new client. */
  ServerRequest request();

  /** For the packets of a UDP socket. */
  ServerPackets packets();
}
