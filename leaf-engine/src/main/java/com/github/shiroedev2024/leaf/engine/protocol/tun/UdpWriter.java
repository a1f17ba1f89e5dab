package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.packet.Drop;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter.Unreachable;
import com.github.shiroedev2024.leaf.engine.packet.VirtioHeader;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Makes packets of datagrams and writes them to the device. One for each event loop, on it. */
final class UdpWriter {
  private static final int UDP_CHECKSUM = 6;

  private final PacketDevice device;
  private final int queue;
  private final int header;
  private final DropCounts drops;
  private final NativeBuffer out =
      new NativeBuffer(VirtioHeader.LENGTH + PacketWriter.UDP_HEADERS + 65_535);
  private final ByteBuffer bytes = out.bytes();
  private final int mtu;
  private final LongPackets pieces;
  private int id;
  private boolean closed;

  /**
   * @param number tells this writer from the others
   */
  UdpWriter(PacketDevice device, int number, int mtu, DropCounts drops) {
    this.device = device;
    this.queue = number % device.queues();
    this.mtu = mtu;
    this.pieces = new LongPackets(device, queue, number << 24);
    this.header = device.headerLength();
    this.drops = drops;
  }

  /** To the client, as from the datagram's peer. Leaves the datagram to the caller. */
  void write(Flow client, Datagram datagram) {
    InetAddress from = datagram.peer().address();
    boolean six = client.six;
    ByteBuf content = datagram.content();
    int length = content.readableBytes();
    if (closed
        || from == null
        || from instanceof Inet6Address != six
        || length > PacketWriter.maxUdpPayload(six)) {
      drops.add(Drop.PROTOCOL);
      return;
    }
    int headers = PacketWriter.udpHeaders(six);
    boolean cut = six && headers + length > mtu;
    content.getBytes(
        content.readerIndex(), bytes.limit(header + headers + length).position(header + headers));
    bytes.clear();
    int end =
        PacketWriter.udp(
            bytes,
            header,
            six,
            Flow.high(from),
            Flow.low(from),
            datagram.peer().port(),
            client.sourceHigh,
            client.sourceLow,
            client.sourcePort,
            length,
            ++id,
            header > 0 && !cut);
    if (cut) {
      count(pieces.write(bytes, header, end));
      return;
    }
    if (header > 0) {
      VirtioHeader.partial(bytes, 0, headers - 8, UDP_CHECKSUM);
    }
    count(device.write(queue, out, 0, end));
  }

  /** Tells the client that nobody takes its datagram. */
  void unreachable(Flow client, Datagram datagram) {
    InetAddress target = datagram.peer().address();
    if (closed || target == null) {
      return;
    }
    // Of the packet nothing is left but what it said; that is enough to find the socket by.
    ByteBuffer quoted = ByteBuffer.allocate(PacketWriter.UDP_HEADERS);
    int end =
        PacketWriter.udp(
            quoted,
            0,
            client.six,
            client.sourceHigh,
            client.sourceLow,
            client.sourcePort,
            Flow.high(target),
            Flow.low(target),
            datagram.peer().port(),
            0,
            0,
            false);
    PacketView view = new PacketView();
    if (view.read(quoted, 0, end) == null) {
      if (header > 0) {
        VirtioHeader.plain(bytes, 0);
      }
      int to = PacketWriter.unreachable(view, Unreachable.PORT, bytes, header);
      count(device.write(queue, out, 0, to));
    }
  }

  private void count(boolean taken) {
    if (!taken) {
      drops.add(Drop.WRITE);
    }
  }

  /** Nothing is written after this. */
  void close() {
    closed = true;
  }
}
