package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.packet.PacketView;
import com.github.shiroedev2024.leaf.engine.packet.TooBig;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The UDP sockets of clients, spread over the event loops. */
final class UdpFlows {
  private final FlowTable<UdpFlow> table = new FlowTable<>(4096);
  private final List<EventLoop> loops;
  private final List<UdpWriter> writers = new ArrayList<>();

  UdpFlows(List<EventLoop> loops, PacketDevice device, int mtu, DropCounts drops) {
    this.loops = loops;
    for (int i = 0; i < loops.size(); i++) {
      writers.add(new UdpWriter(device, i, mtu, drops));
    }
  }

  /** The source's flow; a new one when it is not known; null when there are too many. */
  @Nullable UdpFlow of(PacketView packet, int max) {
    UdpFlow flow = find(packet);
    return flow != null ? flow : open(packet, max);
  }

  private @Nullable UdpFlow find(PacketView packet) {
    return table.find(
        packet.six(), packet.sourceHigh(), packet.sourceLow(), packet.sourcePort(), 0, 0, 0);
  }

  /** The flow to whose client the quoted datagram was sent; null when there is none. */
  @Nullable UdpFlow of(boolean six, TooBig quoted) {
    return table.find(six, quoted.targetHigh(), quoted.targetLow(), quoted.targetPort(), 0, 0, 0);
  }

  private @Nullable UdpFlow open(PacketView packet, int max) {
    synchronized (table) {
      UdpFlow known = find(packet); // another queue may have been first
      if (known != null) {
        return known;
      }
      if (table.size() >= max) {
        sweep();
        if (table.size() >= max) {
          return null;
        }
      }
      int loop = loop(packet);
      UdpFlow flow = new UdpFlow(packet, loops.get(loop), writers.get(loop));
      table.add(flow);
      return flow;
    }
  }

  /** The number of the loop that serves this source. */
  int loop(PacketView packet) {
    return loop(packet.sourceLow(), packet.sourcePort());
  }

  int loop(UdpFlow flow) {
    return loop(flow.sourceLow, flow.sourcePort);
  }

  private int loop(long address, int port) {
    long hash = (address + port) * 0x9e37_79b9_7f4a_7c15L;
    return (int) ((hash >>> 33) % loops.size());
  }

  UdpWriter writer(int loop) {
    return writers.get(loop);
  }

  /** Forgets those whose session has ended. */
  void sweep() {
    table.removeIf(UdpFlow::over);
  }

  int size() {
    return table.size();
  }

  /** Ends all flows of one loop, on that loop; nothing is written for it from then on. */
  void end(int loop) {
    List<UdpFlow> ending = new ArrayList<>();
    table.removeIf(flow -> flow.loop == loops.get(loop) && ending.add(flow));
    ending.forEach(flow -> flow.end(CloseReason.SHUTDOWN));
    writers.get(loop).close();
  }
}
