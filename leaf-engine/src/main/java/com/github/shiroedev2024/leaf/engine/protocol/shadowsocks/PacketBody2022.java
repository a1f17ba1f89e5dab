package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/** The headers inside the packets of the 2022 edition, and the writing of one session's packets. */
final class PacketBody2022 {
  /** Type and time. */
  private static final int HEAD_BYTES = 1 + 8;

  private static final int DNS_PORT = 53;

  private final PacketSealer2022 sealer;
  private final byte type;
  private final @Nullable Long answered;
  private final Clock2022 clock;
  private final SecureRandom random;

  /**
   * @param answered the session that answers name; null for a client
   */
  PacketBody2022(
      PacketSealer2022 sealer,
      byte type,
      @Nullable Long answered,
      Clock2022 clock,
      SecureRandom random) {
    this.sealer = sealer;
    this.type = type;
    this.answered = answered;
    this.clock = clock;
    this.random = random;
  }

  /** Seals one datagram; leaves the content to the caller to release. */
  ByteBuf seal(ByteBufAllocator alloc, Destination peer, ByteBuf content)
      throws BadHeaderException {
    DatagramCodec.checkName(peer);
    int payload = content.readableBytes();
    // What a DNS server is asked and answers is known by its size.
    int padding =
        peer.port() == DNS_PORT && payload < Request2022.MAX_PADDING
            ? 1 + random.nextInt(Request2022.MAX_PADDING - payload)
            : 0;
    int header =
        PacketSealer2022.IDS_BYTES
            + HEAD_BYTES
            + (answered == null ? 0 : Long.BYTES)
            + Short.BYTES
            + padding
            + SocksAddress.length(peer);
    DatagramCodec.checkSize(header + payload + sealer.overhead());
    byte[] plain = CipherScratch.ofThread().in(header + payload);
    ByteBuf out = Unpooled.wrappedBuffer(plain).writerIndex(PacketSealer2022.IDS_BYTES);
    out.writeByte(type).writeLong(clock.now());
    if (answered != null) {
      out.writeLong(answered);
    }
    out.writeShort(padding).writeZero(padding);
    SocksAddress.write(peer, out);
    content.readBytes(plain, header, payload);
    return sealer.seal(alloc, plain, header + payload);
  }

  /**
   * Checks a body up to the address.
   *
   * @param answered the session that an answer must name; null when it is no answer
   */
  static void readHead(ByteBuf body, byte type, Clock2022 clock, @Nullable Long answered)
      throws BadHeaderException {
    if (body.readableBytes() < HEAD_BYTES + (answered == null ? 0 : Long.BYTES)) {
      throw new BadHeaderException("it ends within the header");
    }
    int got = body.readByte();
    if (got != type) {
      throw new BadHeaderException("a packet of type " + got);
    }
    clock.check(body.readLong());
    if (answered != null && body.readLong() != answered) {
      throw new BadHeaderException("it belongs to another session");
    }
    skipPadding(body);
  }

  /** Skips padding and the length before it. */
  static void skipPadding(ByteBuf in) throws BadHeaderException {
    int padding = in.readableBytes() < Short.BYTES ? Integer.MAX_VALUE : in.readUnsignedShort();
    if (padding > in.readableBytes()) {
      throw new BadHeaderException("it ends within the padding");
    }
    in.skipBytes(padding);
  }
}
