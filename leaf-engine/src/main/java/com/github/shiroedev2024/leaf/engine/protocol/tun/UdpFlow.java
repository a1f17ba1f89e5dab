package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One UDP socket of a client, whatever it talks to ("full cone"): a session, followed by a new one
 * at the next datagram after it has ended. On its event loop, but for being made.
 */
final class UdpFlow extends Flow implements DatagramSink {
  /** How long after a session's end its fake addresses may still count as used. */
  private static final long LOOK_SECONDS = 5;

  final EventLoop loop;
  private final UdpWriter writer;
  private volatile @Nullable Session session;
  private @Nullable DatagramLink link;

  /** Once the client has used a fake address; until its session has ended. */
  private @Nullable FakePeers names;

  /** The last peer that had no name. */
  private @Nullable Destination plain;

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
    Datagram out = named(datagram, inbound.fakeAddresses());
    DatagramLink to = link;
    if (to == null || over()) {
      Session opened =
          inbound.dispatcher().open(Network.UDP, inbound.tag(), source(), out.peer(), null, loop);
      to = inbound.dispatcher().associate(opened, this);
      session = opened;
      link = to;
      if (opened.closeReason() != null) {
        writer.unreachable(this, datagram);
      }
    }
    to.send(out);
  }

  /** The datagram as it goes out: to a name, if the client knows that by a fake address. */
  private Datagram named(Datagram datagram, FakeAddresses fakes) {
    Destination peer = datagram.peer();
    FakePeers known = names;
    if (known == null) {
      if (peer.equals(plain)) {
        return datagram;
      }
      if (!fakes.inRange(FakePeers.bits(peer.address()))) {
        plain = peer;
        return datagram;
      }
      known = new FakePeers(fakes);
      names = known;
      loop.schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
    }
    Destination to = known.target(peer);
    return to.equals(peer) ? datagram : new Datagram(to, datagram.content());
  }

  /** Gives the names back once the session has ended. */
  private void look() {
    FakePeers known = names;
    if (known == null) {
      return;
    }
    if (session == null || over()) {
      names = null;
      known.close();
    } else {
      loop.schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void receive(Datagram datagram) {
    try {
      FakePeers known = names;
      Destination from = known == null ? datagram.peer() : known.source(datagram.peer());
      if (from != null) {
        writer.write(
            this, from.equals(datagram.peer()) ? datagram : new Datagram(from, datagram.content()));
      }
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
