package com.github.shiroedev2024.leaf.engine.packet;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole packets of fragments (RFC 791 section 3.2, RFC 8200 section 4.5). Bounded in number
 * and time: when too many are incomplete the oldest goes. Pieces that overlap make the whole packet
 * go, as RFC 5722 asks. Thread-safe; fragments are rare, so one lock does.
 */
public final class Reassembly {
  /** Incomplete packets, of at most 64 KiB each. */
  static final int MAX_PACKETS = 64;

  /** From the first piece to the last. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final int MAX_PAYLOAD = 65_535;
  private static final int BLOCK = 8;

  private record Key(
      long sourceHigh, long sourceLow, long targetHigh, long targetLow, int id, int protocol) {}

  private static final class Parts {
    final long begun;
    final BitSet blocks = new BitSet();
    byte[] bytes = new byte[2048];
    int length = -1;
    int highest;

    Parts(long begun) {
      this.begun = begun;
    }
  }

  private final Map<Key, Parts> incomplete = new LinkedHashMap<>();
  private long lost;

  /**
   * Adds a fragment.
   *
   * @return the whole packet, ready to be read, when this was the last piece; else null
   */
  public synchronized @Nullable ByteBuffer add(PacketView piece, long nowNanos) {
    expire(nowNanos);
    Key key =
        new Key(
            piece.sourceHigh(),
            piece.sourceLow(),
            piece.targetHigh(),
            piece.targetLow(),
            piece.fragmentId(),
            piece.protocol());
    int from = piece.fragmentOffset();
    int size = piece.end() - piece.transport();
    int to = from + size;
    int headers = piece.six() ? 0 : PacketView.IP4_HEADER;
    if (size == 0 || to + headers > MAX_PAYLOAD || (piece.moreFragments() && size % BLOCK != 0)) {
      lose(key);
      return null;
    }
    Parts parts = incomplete.get(key);
    if (parts == null) {
      if (incomplete.size() >= MAX_PACKETS) {
        lose(incomplete.keySet().iterator().next());
      }
      parts = new Parts(nowNanos);
      incomplete.put(key, parts);
    }
    int firstBlock = from / BLOCK;
    int lastBlock = (to + BLOCK - 1) / BLOCK;
    int taken = parts.blocks.nextSetBit(firstBlock);
    boolean beyond = parts.length >= 0 && to > parts.length;
    boolean contradicts = !piece.moreFragments() && (parts.length >= 0 || parts.highest > to);
    if ((taken >= 0 && taken < lastBlock) || beyond || contradicts) {
      lose(key);
      return null;
    }
    if (to > parts.bytes.length) {
      parts.bytes = java.util.Arrays.copyOf(parts.bytes, Math.min(MAX_PAYLOAD, to * 2));
    }
    piece.bytes().get(piece.transport(), parts.bytes, from, size);
    parts.blocks.set(firstBlock, lastBlock);
    parts.highest = Math.max(parts.highest, to);
    if (!piece.moreFragments()) {
      parts.length = to;
    }
    if (parts.length < 0 || parts.blocks.nextClearBit(0) < (parts.length + BLOCK - 1) / BLOCK) {
      return null;
    }
    incomplete.remove(key);
    return whole(piece, parts);
  }

  private static ByteBuffer whole(PacketView piece, Parts parts) {
    int header = piece.six() ? PacketView.IP6_HEADER : PacketView.IP4_HEADER;
    ByteBuffer packet = ByteBuffer.allocate(header + parts.length);
    packet.put(0, piece.bytes(), piece.start(), header);
    if (piece.six()) {
      packet.putShort(4, (short) parts.length);
      packet.put(6, (byte) piece.protocol());
    } else {
      packet.put(0, (byte) 0x45); // without the options
      packet.putShort(2, (short) (header + parts.length));
      packet.putShort(4, (short) piece.fragmentId());
      packet.putShort(6, (short) 0);
      packet.putShort(10, (short) 0);
      packet.putShort(10, (short) Checksum.finish(Checksum.sum(packet, 0, header)));
    }
    packet.put(header, parts.bytes, 0, parts.length);
    return packet;
  }

  private void expire(long nowNanos) {
    for (Iterator<Parts> all = incomplete.values().iterator(); all.hasNext(); ) {
      if (nowNanos - all.next().begun < PATIENCE_NANOS) {
        return; // they are in the order of their beginning
      }
      all.remove();
      lost++;
    }
  }

  private void lose(Key key) {
    incomplete.remove(key);
    lost++;
  }

  /** Packets that did not become whole. */
  public synchronized long lost() {
    return lost;
  }

  synchronized int size() {
    return incomplete.size();
  }
}
