package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.DatagramsIn;
import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.os.PacketPieces;
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

  /** Datagrams of one packet; as many as any kernel cuts. */
  private static final int MAX_BATCH = 64;

  /** Less than any IP packet holds. */
  private static final int MAX_BATCH_BYTES = 65_000;

  private final PacketDevice device;
  private final int queue;
  private final int header;
  private final DropCounts drops;
  private final NativeBuffer out =
      new NativeBuffer(VirtioHeader.LENGTH + PacketWriter.UDP_HEADERS + 65_535);
  private final ByteBuffer bytes = out.bytes();
  private final int mtu;
  private final LongPackets pieces;
  private final DatagramsIn incoming = new DatagramsIn();
  private final PacketPieces gathered = new PacketPieces();
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
  void write(UdpFlow client, Datagram datagram) {
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
    int at = header + PacketWriter.udpHeaders(six);
    content.getBytes(content.readerIndex(), bytes.limit(at + length).position(at));
    bytes.clear();
    long high = Flow.high(from);
    one(client, high, Flow.low(from), datagram.peer().port(), length);
  }

  /** Where the datagrams of a lane are received into. */
  DatagramsIn incoming() {
    return incoming;
  }

  /** To the client, what a lane has received; as few packets as the device lets it be. */
  void write(UdpFlow client, DatagramsIn in, int count) {
    for (int i = 0; i < count && !closed; ) {
      if (in.six(i) != client.six || in.length(i) > PacketWriter.maxUdpPayload(client.six)) {
        drops.add(Drop.PROTOCOL);
        i++;
      } else if (in.segment(i) > 0 && in.segment(i) < in.length(i)) {
        batch(client, in, i, in.segment(i));
        i++;
      } else {
        i += similar(client, in, i, count);
      }
    }
  }

  /** Writes a message and those behind it that can go with it; answers how many. */
  private int similar(UdpFlow client, DatagramsIn in, int first, int count) {
    int size = in.length(first);
    int total = size;
    int end = first + 1;
    if (batches(client, size)) {
      while (end < count
          && end - first < MAX_BATCH
          && in.length(end) <= size
          && in.length(end) > 0
          && in.length(end - 1) == size
          && in.segment(end) == 0
          && total + in.length(end) <= MAX_BATCH_BYTES
          && in.port(end) == in.port(first)
          && in.low(end) == in.low(first)
          && in.high(end) == in.high(first)
          && in.six(end) == in.six(first)) {
        total += in.length(end++);
      }
    }
    if (end - first == 1) {
      copy(in, in.place(first), size, client);
      one(client, in.high(first), in.low(first), in.port(first), size);
    } else {
      int headers = headers(client, in, first, total, size);
      gathered.clear();
      gathered.add(out, 0, headers);
      for (int i = first; i < end; i++) {
        gathered.add(in.payloads(), in.place(i), in.length(i));
      }
      count(device.write(queue, gathered));
    }
    return end - first;
  }

  /** Writes a message that is a batch already. */
  private void batch(UdpFlow client, DatagramsIn in, int message, int size) {
    int length = in.length(message);
    if (batches(client, size)) {
      gathered.clear();
      gathered.add(out, 0, headers(client, in, message, length, size));
      gathered.add(in.payloads(), in.place(message), length);
      count(device.write(queue, gathered));
      return;
    }
    for (int from = 0; from < length; from += size) {
      int part = Math.min(size, length - from);
      copy(in, in.place(message) + from, part, client);
      one(client, in.high(message), in.low(message), in.port(message), part);
    }
  }

  /** Whether the device takes datagrams of a length as a batch. */
  private boolean batches(UdpFlow client, int size) {
    return header > 0
        && size > 0
        && device.takesDatagramBatches()
        && size + PacketWriter.udpHeaders(client.six) <= Math.min(mtu, client.pathMtu());
  }

  private void copy(DatagramsIn in, int place, int length, UdpFlow client) {
    bytes.put(header + PacketWriter.udpHeaders(client.six), in.payloads().bytes(), place, length);
  }

  /** Writes the headers of a batch; answers their length. */
  private int headers(UdpFlow client, DatagramsIn in, int message, int total, int size) {
    int headers = PacketWriter.udpHeaders(client.six);
    udp(client, in.high(message), in.low(message), in.port(message), total, true);
    VirtioHeader.datagrams(bytes, 0, headers - 8, UDP_CHECKSUM, headers, size);
    return header + headers;
  }

  private int udp(Flow to, long high, long low, int port, int length, boolean partial) {
    return PacketWriter.udp(
        bytes,
        header,
        to.six,
        high,
        low,
        port,
        to.sourceHigh,
        to.sourceLow,
        to.sourcePort,
        length,
        ++id,
        partial);
  }

  /** Writes one datagram whose payload stands in its place already. */
  private void one(UdpFlow client, long high, long low, int port, int length) {
    int headers = PacketWriter.udpHeaders(client.six);
    boolean cut = client.six && headers + length > Math.min(mtu, client.pathMtu());
    int end = udp(client, high, low, port, length, header > 0 && !cut);
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
  void unreachable(UdpFlow client, Datagram datagram) {
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
