package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.os.NativeBuffer;
import com.github.shiroedev2024.leaf.engine.os.PacketDevice;
import com.github.shiroedev2024.leaf.engine.packet.PacketWriter;
import com.github.shiroedev2024.leaf.engine.packet.VirtioHeader;
import java.nio.ByteBuffer;

/**
 * Cuts IPv6 packets of our own that are longer than the device's. A client behind this machine
 * would never see them otherwise, for no router cuts them. One for each thread that writes.
 */
final class LongPackets {
  /** What any link carries (RFC 8200 section 5). */
  private static final int PIECE = 1280;

  private static final int IP_HEADER = 40;
  private static final int FRAGMENT_HEADER = 8;
  private static final int PAYLOAD = (PIECE - IP_HEADER - FRAGMENT_HEADER) / 8 * 8;

  private final PacketDevice device;
  private final int queue;
  private final int header;
  private final NativeBuffer out = new NativeBuffer(VirtioHeader.LENGTH + PIECE);
  private int id;

  /**
   * @param firstId another for each thread, so that no two send the same one soon
   */
  LongPackets(PacketDevice device, int queue, int firstId) {
    this.device = device;
    this.queue = queue;
    this.header = device.headerLength();
    this.id = firstId;
  }

  /** Writes a packet with a whole checksum in pieces; false when one of them was not taken. */
  boolean write(ByteBuffer packet, int start, int end) {
    id++;
    for (int from = 0; start + IP_HEADER + from < end; from += PAYLOAD) {
      int size = Math.min(PAYLOAD, end - start - IP_HEADER - from);
      int to = PacketWriter.fragment(packet, start, end, from, size, id, out.bytes(), header);
      if (header > 0) {
        VirtioHeader.plain(out.bytes(), 0);
      }
      if (!device.write(queue, out, 0, to)) {
        return false;
      }
    }
    return true;
  }
}
