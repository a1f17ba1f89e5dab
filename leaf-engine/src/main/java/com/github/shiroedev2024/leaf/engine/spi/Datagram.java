package com.github.shiroedev2024.leaf.engine.spi;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/**
 * One UDP payload and the peer it goes to, or came from. At the tail of an association's channel
 * datagrams are written with their destination and read with their source. Owns its content.
 */
public final class Datagram extends DefaultByteBufHolder {
  private final Destination peer;

  public Datagram(Destination peer, ByteBuf content) {
    super(content);
    this.peer = peer;
  }

  public Destination peer() {
    return peer;
  }

  @Override
  public Datagram replace(ByteBuf content) {
    return new Datagram(peer, content);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Datagram d && peer.equals(d.peer) && super.equals(d);
  }

  @Override
  public int hashCode() {
    return 31 * peer.hashCode() + super.hashCode();
  }
}
