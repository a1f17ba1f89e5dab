package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.os.DatagramsOut;
import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.packet.Drop;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that a queue's thread sends itself, many at a time. Their payloads stay where they were
 * read until {@link #flush}. Those that find the socket's buffer full go by the event loop, which
 * can wait for room. On the queue's thread.
 */
final class UdpSends {
  /** Gives a datagram of the buffer to the event loop. */
  interface LongWay {
    void mail(UdpFlow flow, Destination to, int from, int end);
  }

  private final DatagramsOut batch = new DatagramsOut();
  private final Destination[] targets = new Destination[DatagramsOut.MAX];
  private final NativeBuffer buffer;
  private final DropCounts drops;
  private final LongWay longWay;
  private @Nullable UdpLane lane;
  private @Nullable UdpFlow flow;

  UdpSends(NativeBuffer buffer, DropCounts drops, LongWay longWay) {
    this.buffer = buffer;
    this.drops = drops;
    this.longWay = longWay;
  }

  boolean isEmpty() {
    return batch.isEmpty();
  }

  /** Adds a datagram whose payload lies in the buffer, {@code from … end}. */
  void add(UdpFlow of, UdpLane by, PacketView view, Destination to, int from, int end) {
    if (by != lane || batch.isFull()) {
      flush();
      lane = by;
      flow = of;
    }
    if (view.six() && !by.port().takesIpv6()) {
      drops.add(Drop.IPV6);
      return;
    }
    targets[batch.count()] = to;
    batch.add(
        by.port(),
        view.six(),
        view.targetHigh(),
        view.targetLow(),
        view.targetPort(),
        buffer,
        from,
        end - from);
  }

  /** Sends what there is; the buffer can be used again. */
  void flush() {
    UdpLane by = lane;
    UdpFlow of = flow;
    if (by == null || of == null || batch.isEmpty()) {
      return;
    }
    int done = Math.max(0, by.port().send(batch));
    long bytes = 0;
    for (int i = 0; i < done; i++) {
      bytes += batch.length(i);
    }
    by.sent(bytes);
    for (int i = done; i < batch.count(); i++) {
      longWay.mail(of, targets[i], batch.place(i), batch.place(i) + batch.length(i));
    }
    batch.clear();
  }
}
