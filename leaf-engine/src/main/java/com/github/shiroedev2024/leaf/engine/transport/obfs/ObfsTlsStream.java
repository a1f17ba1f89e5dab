package com.github.shiroedev2024.leaf.engine.transport.obfs;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Random;

/** A stream that begins as a TLS 1.2 handshake and goes on in its records. */
final class ObfsTlsStream extends ObfsStream {
  /** The most payload of a record that is written, in bytes (RFC 5246 section 6.2.1). */
  private static final int MAX_RECORD = 16_384;

  private static final int HANDSHAKE = 0x16;
  private static final int APPLICATION_DATA = 0x17;
  private static final int RECORD_HEADER = 5;

  /** ServerHello and ChangeCipherSpec, and of the record behind them what precedes its length. */
  private static final int ANSWER_BYTES = 96 + 6 + 3;

  /** What a ClientHello takes up to the extensions. */
  private static final int HELLO_BYTES = 138;

  /** Their length, 28 suites, and one compression method, which is none. */
  private static final byte[] CIPHER_SUITES =
      HexFormat.of()
          .parseHex(
              "0038c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067c00ac0140039c009c013"
                  + "0033009d009c003d003c0035002f00ff0100");

  /** Point formats, groups, signature algorithms, encrypt-then-MAC, extended master secret. */
  private static final byte[] EXTENSIONS =
      HexFormat.of()
          .parseHex(
              "000b000403010002"
                  + "000a000a0008001d001700190018"
                  + "000d0020001e060106020603050105020503040104020403030103020303020102020203"
                  + "0016000000170000");

  private final String host;
  private final InstantSource clock;
  private final Random random;

  /** Bytes of the server's handshake that are still to come. */
  private int handshakeLeft = ANSWER_BYTES;

  /** Bytes of a record's header that are still to come; of the first only its length. */
  private int headerLeft = 2;

  private int header;

  /** Bytes of a record's payload that are still to come. */
  private int payloadLeft;

  ObfsTlsStream(String host, InstantSource clock, Random random, String peer) {
    super(peer);
    this.host = host;
    this.clock = clock;
    this.random = random;
  }

  @Override
  void open(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    int ticket = Math.min(bytes.readableBytes(), MAX_RECORD);
    int size = HELLO_BYTES + 4 + ticket + 9 + host.length() + EXTENSIONS.length;
    ByteBuf out = ctx.alloc().buffer(size, size);
    out.writeByte(HANDSHAKE).writeShort(0x0301).writeShort(size - RECORD_HEADER);
    out.writeByte(1).writeMedium(size - RECORD_HEADER - 4).writeShort(0x0303);
    out.writeInt((int) Math.floorDiv(clock.millis(), 1000L));
    byte[] noise = new byte[28 + 32];
    random.nextBytes(noise);
    out.writeBytes(noise, 0, 28).writeByte(32).writeBytes(noise, 28, 32);
    out.writeBytes(CIPHER_SUITES).writeShort(size - HELLO_BYTES);
    out.writeShort(0x0023).writeShort(ticket).writeBytes(bytes, ticket);
    out.writeShort(0x0000).writeShort(host.length() + 5).writeShort(host.length() + 3);
    out.writeByte(0).writeShort(host.length());
    ByteBufUtil.writeAscii(out, host);
    out.writeBytes(EXTENSIONS);
    if (bytes.isReadable()) {
      ctx.write(out, ctx.voidPromise());
      wrap(ctx, bytes, promise);
    } else {
      bytes.release();
      ctx.write(out, promise);
    }
  }

  @Override
  void wrap(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    while (bytes.readableBytes() > MAX_RECORD) {
      ctx.write(header(ctx, MAX_RECORD), ctx.voidPromise());
      ctx.write(bytes.readRetainedSlice(MAX_RECORD), ctx.voidPromise());
    }
    ctx.write(header(ctx, bytes.readableBytes()), ctx.voidPromise());
    ctx.write(bytes, promise);
  }

  private static ByteBuf header(ChannelHandlerContext ctx, int length) {
    return ctx.alloc()
        .buffer(RECORD_HEADER, RECORD_HEADER)
        .writeByte(APPLICATION_DATA)
        .writeShort(0x0303)
        .writeShort(length);
  }

  @Override
  void unwrap(ChannelHandlerContext ctx, ByteBuf piece) throws UnexpectedException {
    if (handshakeLeft > 0) {
      skipHandshake(piece);
    } else if (headerLeft > 0) {
      readHeader(piece);
    } else {
      int n = Math.min(payloadLeft, piece.readableBytes());
      payloadLeft -= n;
      if (payloadLeft == 0) {
        headerLeft = RECORD_HEADER;
      }
      if (n > 0) {
        pass(ctx, piece.readRetainedSlice(n));
      }
    }
  }

  private void skipHandshake(ByteBuf piece) throws UnexpectedException {
    if (handshakeLeft == ANSWER_BYTES && piece.getUnsignedByte(piece.readerIndex()) != HANDSHAKE) {
      throw new UnexpectedException("its answer is no TLS handshake");
    }
    int n = Math.min(handshakeLeft, piece.readableBytes());
    piece.skipBytes(n);
    handshakeLeft -= n;
  }

  private void readHeader(ByteBuf piece) throws UnexpectedException {
    int next = piece.readUnsignedByte();
    if (headerLeft == RECORD_HEADER && next != APPLICATION_DATA) {
      throw new UnexpectedException("a record of type " + next);
    }
    header = header << 8 | next;
    headerLeft--;
    if (headerLeft == 0) {
      payloadLeft = header & 0xffff;
      if (payloadLeft == 0) {
        headerLeft = RECORD_HEADER;
      }
    }
  }

  @Override
  boolean atBoundary() {
    return handshakeLeft == ANSWER_BYTES || (handshakeLeft == 0 && headerLeft == RECORD_HEADER);
  }
}
