package com.github.shiroedev2024.leaf.engine.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The tokens that clients send back: damaged, cut, made up; and which datagrams may be answered.
 * Packets are read by the library.
 */
public final class QuicFuzz {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4433);

  private QuicFuzz() {}

  /** The first byte says where the rest is laid over a token that is valid; 255: nowhere. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    if (QuicListener.isHonest(Unpooled.wrappedBuffer(input)) && input.length < 1200) {
      boolean initial = (input[0] & 0xb0) == 0x80;
      if (initial) {
        throw new AssertionError("an Initial of " + input.length + " bytes is answered");
      }
    }
    AddressTokens tokens =
        new AddressTokens(
            new byte[32], InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000)), () -> true);
    ByteBuf id = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    ByteBuf valid = Unpooled.buffer();
    tokens.writeToken(valid, id, CLIENT);
    int at = input[0] & 0xff;
    ByteBuf token =
        at == 255 ? Unpooled.buffer() : Unpooled.buffer().writeBytes(valid, 0, Math.min(at, 32));
    token.writeBytes(input, 1, input.length - 1);
    if (at != 255 && token.readableBytes() < valid.readableBytes()) {
      int from = token.readableBytes();
      token.writeBytes(valid, from, valid.readableBytes() - from);
    }
    ByteBuf whole = valid.readerIndex(0);
    boolean same = token.equals(whole);
    int before = token.readerIndex();
    int accepted = tokens.validateToken(token, CLIENT);
    if (accepted >= 0 != same) {
      throw new AssertionError(
          "a token that is " + (same ? "" : "not ") + "ours gives " + accepted);
    }
    if (token.readerIndex() != before) {
      throw new AssertionError("the token was consumed");
    }
  }
}
