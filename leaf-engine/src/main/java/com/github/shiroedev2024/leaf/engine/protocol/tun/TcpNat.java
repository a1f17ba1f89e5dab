package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.TooBig;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connections of one address family: which client's connection is known to our socket by
 * which port of the peer. There are as many as ports; a port is given to somebody else only after
 * the sockets on both sides have forgotten its last user (RFC 9293 section 3.6.1), unless there is
 * no other.
 */
final class TcpNat {
  private static final int FIRST_PORT = 1024;
  private static final int PORTS = 65_536;

  /** A connection that was never accepted: SYNs are sent again for about this time. */
  private static final long UNACCEPTED_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** TIME_WAIT in Linux. */
  private static final long CLOSED_NANOS = TimeUnit.SECONDS.toNanos(60);

  final boolean six;
  final long ownHigh;
  final long ownLow;
  final long peerHigh;
  final long peerLow;

  /** Where our socket listens; 0 while it does not. */
  volatile int listeningPort;

  private final FlowTable<TcpFlow> table = new FlowTable<>(16_384);
  private final AtomicReferenceArray<@Nullable TcpFlow> byPort = new AtomicReferenceArray<>(PORTS);
  private int nextPort = FIRST_PORT; // lock

  TcpNat(TunNet net) {
    six = net.six();
    ownHigh = Flow.high(net.address());
    ownLow = Flow.low(net.address());
    peerHigh = Flow.high(net.peer());
    peerLow = Flow.low(net.peer());
  }

  /** Whether our own socket sent this packet. */
  boolean isAnswer(PacketView packet) {
    return packet.sourcePort() == listeningPort
        && packet.sourceLow() == ownLow
        && packet.targetLow() == peerLow
        && packet.sourceHigh() == ownHigh
        && packet.targetHigh() == peerHigh;
  }

  @Nullable TcpFlow byPort(int port) {
    return byPort.get(port);
  }

  @Nullable TcpFlow find(PacketView packet) {
    return table.find(
        six,
        packet.sourceHigh(),
        packet.sourceLow(),
        packet.sourcePort(),
        packet.targetHigh(),
        packet.targetLow(),
        packet.targetPort());
  }

  /** The connection whose packet towards its client is quoted. */
  @Nullable TcpFlow find(TooBig quoted) {
    long clientHigh = quoted.targetHigh();
    long clientLow = quoted.targetLow();
    int clientPort = quoted.targetPort();
    long peerOfClientHigh = quoted.sourceHigh();
    long peerOfClientLow = quoted.sourceLow();
    int peerOfClientPort = quoted.sourcePort();
    return table.find(
        six,
        clientHigh,
        clientLow,
        clientPort,
        peerOfClientHigh,
        peerOfClientLow,
        peerOfClientPort);
  }

  /** Takes a port for a new connection; null when none is left. */
  @Nullable TcpFlow open(PacketView syn, long nowNanos) {
    synchronized (table) {
      TcpFlow known = find(syn); // another queue may have been first
      if (known != null && !known.closed) {
        return known;
      }
      int port = freePort(nowNanos);
      if (port == 0) {
        return null;
      }
      TcpFlow flow = new TcpFlow(syn, port);
      flow.seenNanos = nowNanos;
      byPort.set(port, flow);
      table.add(flow);
      return flow;
    }
  }

  private int freePort(long nowNanos) {
    int old = 0;
    for (int i = FIRST_PORT; i < PORTS; i++) {
      int port = nextPort;
      nextPort = port + 1 == PORTS ? FIRST_PORT : port + 1;
      TcpFlow user = byPort.get(port);
      if (user == null) {
        return port;
      }
      if (over(user, nowNanos)) {
        table.remove(user);
        return port;
      }
      if (old == 0 && user.closed) {
        old = port;
      }
    }
    TcpFlow user = old == 0 ? null : byPort.get(old);
    if (user != null) {
      table.remove(user);
    }
    return old;
  }

  private static boolean over(TcpFlow flow, long nowNanos) {
    long idle = nowNanos - flow.seenNanos;
    return flow.closed ? idle > CLOSED_NANOS : flow.channel == null && idle > UNACCEPTED_NANOS;
  }

  /** Forgets connections that have been over for long enough. */
  void sweep(long nowNanos) {
    synchronized (table) {
      table.removeIf(
          flow -> {
            boolean over = over(flow, nowNanos);
            if (over) {
              byPort.compareAndSet(flow.port, flow, null);
            }
            return over;
          });
    }
  }

  int size() {
    return table.size();
  }

  /** Our side of every connection that is open. */
  List<Channel> channels() {
    List<Channel> open = new ArrayList<>();
    for (int port = FIRST_PORT; port < PORTS; port++) {
      TcpFlow flow = byPort.get(port);
      Channel channel = flow == null ? null : flow.channel;
      if (channel != null) {
        open.add(channel);
      }
    }
    return open;
  }
}
