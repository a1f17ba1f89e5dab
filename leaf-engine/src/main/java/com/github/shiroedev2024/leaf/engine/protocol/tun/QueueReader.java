package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.packet.Drop;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter.Unreachable;
import com.github.shiroedev2024.leaf.engine.packet.TooBig;
import com.github.shiroedev2024.leaf.engine.packet.VirtioHeader;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads one queue of the device until it is closed. TCP packets go back where they came from with
 * other addresses; nothing is allocated for them. Whatever a packet holds, it is carried, answered
 * or counted as dropped.
 */
final class QueueReader implements Runnable {
  /** Any packet fits, with its headers; bytes. */
  private static final int PACKET = VirtioHeader.LENGTH + 40 + 65_535;

  /** Packets whose payloads wait to be sent stand here one behind the other. */
  private static final int BUFFER = 8 * PACKET;

  /** An answer of our own: headers and a quote. */
  private static final int ANSWER = 1024;

  /** Packets after which the clock is looked at again. */
  private static final int PACKETS_PER_LOOK = 64;

  /** Two wake-ups this close to each other are one too many. */
  private static final long CLOSE_NANOS = 250_000;

  private static final int ROUNDS_BEFORE_REST = 16;

  /** The system adds some 50 microseconds of its own. */
  private static final long REST_NANOS = 50_000;

  /** Targets of datagrams that this queue remembers, so that a stream of them makes no garbage. */
  private static final int PEERS = 256;

  private record Peer(boolean six, long high, long low, Destination destination) {}

  private final TunDevice owner;
  private final PacketDevice device;
  private final int queue;
  private final int header;
  private final DropCounts drops;
  private final Ticker ticker;
  private final List<LoopMail> mail;
  private final PacketView view = new PacketView();
  private final NativeBuffer in = new NativeBuffer(BUFFER);
  private final NativeBuffer out = new NativeBuffer(ANSWER);
  private final ByteBuffer bytes = in.bytes();
  private final TooBig tooBig = new TooBig();
  private final LongPackets pieces;
  private final @Nullable Peer[] peers = new Peer[PEERS];
  private final UdpSends sends;
  private int base; // where the packet begins
  private boolean pieced; // it came in fragments, so a link of its sender takes no longer ones
  private long now;
  private int rounds; // of nothing but datagrams, one soon after the other
  private boolean datagramsOnly = true;

  QueueReader(TunDevice owner, int queue, List<LoopMail> mail, Ticker ticker) {
    this.owner = owner;
    this.device = owner.packets();
    this.queue = queue;
    this.header = device.headerLength();
    this.pieces = new LongPackets(device, queue, queue << 24 | 1 << 23);
    this.drops = owner.drops();
    this.mail = mail;
    this.ticker = ticker;
    this.sends = new UdpSends(in, drops, this::mail);
  }

  @Override
  public void run() {
    boolean open = true;
    now = ticker.nanoTime();
    for (int count = 0; ; count++) {
      int length = device.read(queue, in, base);
      if (length > 0) {
        if (count >= PACKETS_PER_LOOK) {
          count = 0;
          now = ticker.nanoTime();
        }
        packet(base + length);
        continue;
      }
      flush();
      mail.forEach(LoopMail::flush);
      if (length < 0) {
        owner.gone();
        return;
      }
      if (!open) {
        return; // closed, and what was there has been read
      }
      gather();
      open = device.await(queue);
      now = ticker.nanoTime();
    }
  }

  /**
   * Where datagrams come so fast that each would wake this thread, it lets some come together. All
   * that there was has been sent by now; connections, which live by quick answers, are not held up.
   */
  private void gather() {
    long last = now;
    now = ticker.nanoTime();
    rounds = datagramsOnly && now - last < CLOSE_NANOS ? rounds + 1 : 0;
    datagramsOnly = true;
    if (rounds >= ROUNDS_BEFORE_REST) {
      LockSupport.parkNanos(REST_NANOS);
    }
  }

  private void packet(int end) {
    try {
      handle(end);
      if (sends.isEmpty()) {
        base = 0;
      } else if (BUFFER - end < PACKET + Long.BYTES) {
        flush();
      } else {
        base = (end + Long.BYTES - 1) & -Long.BYTES;
      }
    } catch (RuntimeException e) {
      owner.failed(e);
    }
  }

  private void flush() {
    sends.flush();
    base = 0;
  }

  private void drop(Drop why) {
    drops.add(why);
  }

  private void handle(int end) {
    if (end - base <= header) {
      drop(Drop.TRUNCATED);
      return;
    }
    Drop wrong = view.read(bytes, base + header, end);
    pieced = wrong == null && view.fragment();
    if (pieced) {
      wrong = whole();
      if (view.fragment()) {
        if (wrong != null) {
          drop(wrong);
        }
        return; // waits for the others
      }
    }
    if (wrong != null) {
      drop(wrong);
      return;
    }
    TcpNat nat = owner.nat(view.six());
    if (nat == null) {
      notCarried();
      return;
    }
    switch (view.protocol()) {
      case PacketView.TCP -> tcp(nat);
      case PacketView.UDP -> udp();
      default -> icmp(nat);
    }
  }

  /** Adds the fragment to the others; when it was the last, the whole packet takes its place. */
  private @Nullable Drop whole() {
    ByteBuffer whole = owner.fragments().add(view, now);
    if (whole == null) {
      return null;
    }
    if (header > 0) {
      VirtioHeader.plain(bytes, base);
    }
    bytes.put(base + header, whole, 0, whole.capacity());
    return view.read(bytes, base + header, base + header + whole.capacity());
  }

  /** A family that is off: clients learn it at once, and take the other. */
  private void notCarried() {
    drop(Drop.IPV6);
    if (view.protocol() == PacketView.TCP || view.protocol() == PacketView.UDP) {
      answer(PacketWriter.unreachable(view, Unreachable.NET, out.bytes(), header));
    }
  }

  private void answer(int end) {
    if (header > 0) {
      VirtioHeader.plain(out.bytes(), 0);
    }
    if (!device.write(queue, out, 0, end)) {
      drop(Drop.WRITE);
    }
  }

  private void tcp(TcpNat nat) {
    datagramsOnly = false;
    boolean partial = header > 0 && VirtioHeader.needsChecksum(bytes, base);
    if (nat.isAnswer(view)) {
      TcpFlow flow = nat.byPort(view.targetPort());
      if (flow == null) {
        reset(Drop.UNKNOWN);
        return;
      }
      flow.seenNanos = now;
      view.redirectTcp(
          flow.targetHigh,
          flow.targetLow,
          flow.targetPort,
          flow.sourceHigh,
          flow.sourceLow,
          flow.sourcePort,
          partial);
    } else {
      TcpFlow flow = nat.find(view);
      int kind = view.tcpFlags() & (PacketView.SYN | PacketView.ACK | PacketView.RST);
      if (kind == PacketView.SYN && (flow == null || flow.closed)) {
        if (nat.listeningPort == 0 || owner.ownSubnet(view)) {
          reset(Drop.OWN_SUBNET);
          return;
        }
        if (!tellsName(view.targetPort()) && unmapped()) {
          reset(Drop.UNMAPPED);
          return;
        }
        flow = nat.open(view, now);
        if (flow == null) {
          drop(Drop.FULL);
          return;
        }
      } else if (flow == null) {
        reset(Drop.UNKNOWN);
        return;
      }
      flow.seenNanos = now;
      view.redirectTcp(
          nat.peerHigh,
          nat.peerLow,
          flow.port,
          nat.ownHigh,
          nat.ownLow,
          nat.listeningPort,
          partial);
    }
    if (!device.write(queue, in, base, view.end() - base)) {
      drop(Drop.WRITE);
    }
  }

  /** Whether the first bytes to this port may tell the name that a stale fake address stood for. */
  private static boolean tellsName(int port) {
    return port == 80 || port == 443;
  }

  /** Whether the target's address stands for a name, or once did. */
  private boolean fake() {
    return !view.six() && owner.inbound().fakeAddresses().inRange(view.targetLow());
  }

  private boolean unmapped() {
    return owner.inbound().unmapped(view.six(), view.targetLow());
  }

  private void reset(Drop why) {
    drop(why);
    if ((view.tcpFlags() & PacketView.RST) == 0) {
      answer(PacketWriter.reset(view, out.bytes(), header));
    }
  }

  private void icmp(TcpNat nat) {
    boolean trusted = header > 0 && VirtioHeader.trusted(bytes, base);
    if (!trusted && !view.checksumFits()) {
      drop(Drop.CHECKSUM);
    } else if (unmapped()) {
      drop(Drop.UNMAPPED);
    } else if (tooBig.read(view)) {
      tooBig(nat);
    } else if (!PacketWriter.isEcho(view)) {
      drop(Drop.PROTOCOL);
    } else {
      PacketWriter.reply(view, header > 0 && VirtioHeader.needsChecksum(bytes, base));
      boolean cut = view.six() && (pieced || view.end() - view.start() > owner.mtu());
      if (cut
          ? !pieces.write(bytes, view.start(), view.end())
          : !device.write(queue, in, base, view.end() - base)) {
        drop(Drop.WRITE);
      }
    }
  }

  /** A link behind this machine takes no packet as long as the one that we wrote. */
  private void tooBig(TcpNat nat) {
    if (tooBig.protocol() == PacketView.UDP) {
      UdpFlow flow = owner.udp().of(view.six(), tooBig);
      if (flow != null) {
        flow.pathMtu(tooBig.mtu());
      }
      return;
    }
    TcpFlow flow = tooBig.protocol() == PacketView.TCP ? nat.find(tooBig) : null;
    if (flow == null) {
      drop(Drop.UNKNOWN);
      return;
    }
    answer(
        tooBig.redirect(
            out.bytes(),
            header,
            nat.ownHigh,
            nat.ownLow,
            nat.listeningPort,
            nat.peerHigh,
            nat.peerLow,
            flow.port));
  }

  private void udp() {
    if (!(header > 0 && VirtioHeader.trusted(bytes, base)) && !view.checksumFits()) {
      drop(Drop.CHECKSUM);
      return;
    }
    TunInbound inbound = owner.inbound();
    int from = view.udpPayload();
    int to = view.udpEnd();
    if (view.targetPort() == DnsService.PORT
        && inbound.answersDns()
        && DnsService.takes(bytes, from, to, inbound)) {
      dns(inbound, from, to);
      return;
    }
    if (owner.ownSubnet(view)) {
      drop(Drop.OWN_SUBNET);
      answer(PacketWriter.unreachable(view, Unreachable.PORT, out.bytes(), header));
      return;
    }
    if (unmapped()) {
      drop(Drop.UNMAPPED);
      answer(PacketWriter.unreachable(view, Unreachable.PORT, out.bytes(), header));
      return;
    }
    UdpFlow flow = owner.udp().of(view, inbound.maxAssociations());
    if (flow == null) {
      drop(Drop.FULL);
      return;
    }
    Destination target = target();
    UdpLane lane = target.isDomain() || fake() ? null : flow.lane();
    int size = header > 0 ? VirtioHeader.datagramSize(bytes, base) : 0;
    int piece = size > 0 ? size : Math.max(1, to - from);
    for (int at = from; at < to || at == from; at += piece) {
      int end = Math.min(at + piece, to);
      if (lane != null) {
        sends.add(flow, lane, view, target, at, end);
      } else {
        mail(flow, target, at, end);
      }
    }
  }

  private void mail(UdpFlow flow, Destination target, int from, int to) {
    LoopMail loop = mail.get(owner.udp().loop(flow));
    if (loop.full()) {
      drop(Drop.FULL);
    } else {
      loop.add(flow, new Datagram(target, copy(from, to)), owner.inbound());
    }
  }

  private ByteBuf copy(int from, int to) {
    ByteBuf payload = ByteBufAllocator.DEFAULT.buffer(to - from);
    payload.writeBytes(bytes.limit(to).position(from));
    bytes.clear();
    return payload;
  }

  private void dns(TunInbound inbound, int from, int to) {
    int loop = owner.udp().loop(view);
    UdpFlow asker = new UdpFlow(view, owner.loops().get(loop), owner.udp().writer(loop));
    ByteBuf query = copy(from, to);
    Destination server = target();
    asker.loop.execute(
        () ->
            DnsService.answer(
                query, inbound, asker.loop, reply -> asker.receive(new Datagram(server, reply))));
  }

  private Destination target() {
    long high = view.targetHigh();
    long low = view.targetLow();
    int port = view.targetPort();
    long hash = (high + low * 31 + port) * 0x9e37_79b9_7f4a_7c15L;
    int slot = (int) (hash >>> 56) & (PEERS - 1);
    Peer known = peers[slot];
    if (known != null
        && known.low == low
        && known.high == high
        && known.six == view.six()
        && known.destination.port() == port) {
      return known.destination;
    }
    Destination destination = Destination.of(Flow.address(view.six(), high, low), port);
    peers[slot] = new Peer(view.six(), high, low, destination);
    return destination;
  }
}
