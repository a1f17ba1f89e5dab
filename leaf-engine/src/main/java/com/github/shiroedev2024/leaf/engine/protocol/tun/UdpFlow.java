package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * One UDP socket of a client, whatever it talks to ("full cone"): a session, followed by a new one
 * at the next datagram after it has ended. On its event loop, but for being made.
 */
final class UdpFlow extends Flow implements DatagramSink {
  final EventLoop loop;
  private final UdpWriter writer;
  private volatile @Nullable Session session;
  private @Nullable DatagramLink link;

  UdpFlow(PacketView first, EventLoop loop, UdpWriter writer) {
    super(first.six(), first.sourceHigh(), first.sourceLow(), first.sourcePort(), 0, 0, 0);
    this.loop = loop;
    this.writer = writer;
  }

  /** Whether it had a session that has ended. From any thread. */
  boolean over() {
    Session now = session;
    return now != null && now.closeReason() != null;
  }

  /** Takes ownership. */
  void send(Datagram datagram, TunInbound inbound) {
    DatagramLink to = link;
    if (to == null || over()) {
      Session opened =
          inbound
              .dispatcher()
              .open(Network.UDP, inbound.tag(), source(), datagram.peer(), null, loop);
      to = inbound.dispatcher().associate(opened, this);
      session = opened;
      link = to;
      if (opened.closeReason() != null) {
        writer.unreachable(this, datagram);
      }
    }
    to.send(datagram);
  }

  @Override
  public void receive(Datagram datagram) {
    try {
      writer.write(this, datagram);
    } finally {
      datagram.release();
    }
  }

  @Override
  public void receiveComplete() {}

  /** Ends the session, if there is one. */
  void end(CloseReason reason) {
    Session now = session;
    if (now != null) {
      now.end(reason, null);
    }
  }
}
