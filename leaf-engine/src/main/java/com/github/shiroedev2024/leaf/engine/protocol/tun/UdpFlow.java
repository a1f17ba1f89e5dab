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
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One UDP socket of a client, whatever it talks to ("full cone"): a session, followed by a new one
 * at the next datagram after it has ended. On its event loop, but for being made.
 */
final class UdpFlow extends Flow implements DatagramSink {
  /** How long after a session's end its fake addresses may still count as used. */
  private static final long LOOK_SECONDS = 5;

  /** What any link of IPv6 carries (RFC 8200 section 5). */
  private static final int MIN_MTU = 1280;

  /** A short talk is not worth a descriptor. */
  private static final int DATAGRAMS_BEFORE_LANE = 32;

  final EventLoop loop;
  private final UdpWriter writer;
  private volatile int pathMtu = Integer.MAX_VALUE;
  private final AtomicInteger underway = new AtomicInteger();
  private volatile @Nullable Session session;
  private volatile @Nullable UdpLane lane;
  private @Nullable DatagramLink link;
  private @Nullable TunInbound inbound; // of the session

  /** Datagrams left until it is worth a lane; negative when there will be none. */
  private int untilLane;

  /** Once the client has used a fake address; until its session has ended. */
  private @Nullable FakePeers names;

  /** The last peer that had no name. */
  private @Nullable Destination plain;

  UdpFlow(PacketView first, EventLoop loop, UdpWriter writer) {
    super(first.six(), first.sourceHigh(), first.sourceLow(), first.sourcePort(), 0, 0, 0);
    this.loop = loop;
    this.writer = writer;
  }

  /**
   * The way for datagrams to addresses, if there is one and none is on the other way before them,
   * or those that are have been waited for for long enough. From any thread.
   */
  @Nullable UdpLane lane() {
    UdpLane open = lane;
    return open != null && open.free(underway.get()) ? open : null;
  }

  /** A datagram goes, or went, by the event loop. From any thread. */
  void underway(int change) {
    underway.addAndGet(change);
  }

  /** The longest packet that reaches the client whole; bytes. */
  int pathMtu() {
    return pathMtu;
  }

  /** Some link on the way to the client takes packets of this length only. From any thread. */
  void pathMtu(int told) {
    pathMtu = Math.max(MIN_MTU, Math.min(pathMtu, told));
  }

  /** The lane has closed. */
  void left(UdpLane closed) {
    if (lane == closed) {
      lane = null;
    }
  }

  /** Whether it had a session that has ended. From any thread. */
  boolean over() {
    Session now = session;
    return now != null && now.closeReason() != null;
  }

  /** Takes ownership. */
  void send(Datagram datagram, TunInbound by) {
    Datagram out = named(datagram, by.fakeAddresses());
    DatagramLink to = link;
    if (to == null || over()) {
      Session opened =
          by.dispatcher().open(Network.UDP, by.tag(), source(), out.peer(), null, loop);
      to = by.dispatcher().associate(opened, this);
      session = opened;
      link = to;
      inbound = by;
      untilLane = DATAGRAMS_BEFORE_LANE;
      if (opened.closeReason() != null) {
        writer.unreachable(this, datagram);
      }
    }
    if (names != null || out.peer().isDomain()) {
      untilLane = -1; // what comes back must bear the name, or the address that stands for it
      UdpLane open = lane;
      if (open != null) {
        open.leave();
      }
    }
    to.send(out);
    countForLane(by);
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

  private void countForLane(TunInbound by) {
    DatagramLink to = link;
    if (to == null || untilLane <= 0 || --untilLane > 0) {
      return;
    }
    try {
      lane = UdpLane.open(this, writer, to);
    } catch (IOException e) {
      by.noLane(source(), e);
    }
    if (lane == null) {
      untilLane = DATAGRAMS_BEFORE_LANE;
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
    TunInbound by = inbound;
    if (by != null) {
      countForLane(by);
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
