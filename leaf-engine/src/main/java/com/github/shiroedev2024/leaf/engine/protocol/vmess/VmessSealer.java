package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import com.github.shiroedev2024.leaf.engine.codec.GatheredWrites;
import com.github.shiroedev2024.leaf.engine.crypto.CipherScratch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The sending direction of a body: gathers writes until they are flushed and seals them as chunks,
 * behind a header that goes with the first. At most {@link #HELD_BYTES} and one write wait here,
 * unseen by the channel's writability.
 */
final class VmessSealer {
  /** What all implementations take as one chunk, all behind its size field; bytes. */
  private static final int MAX_CHUNK = 16 * 1024;

  private static final int HELD_BYTES = 4 * MAX_CHUNK;

  /** The most payload sealed into one buffer. */
  private static final int BATCH_BYTES = 16 * MAX_CHUNK;

  /** The longest datagram: with the longest padding and a tag its size fits a chunk's 16 bits. */
  static final int MAX_DATAGRAM = 0xFFFF - 63 - 16;

  private final VmessBody body;
  private final VmessChunks chunks;
  private final GatheredWrites writes = new GatheredWrites();
  private final int maxPayload;
  private byte[] header;

  /**
   * @param header what goes in front, sealed already
   * @param packets whether each write is a datagram
   */
  VmessSealer(byte[] header, VmessBody body, VmessKeys keys, boolean packets) {
    this.header = header;
    this.body = body;
    this.chunks = new VmessChunks(body, keys, true, packets);
    this.maxPayload = MAX_CHUNK - chunks.mostExtra();
  }

  /** Takes ownership of the bytes. */
  void add(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    if (!body.chunks()) {
      headerAlone(ctx);
      ctx.write(bytes, promise);
      return;
    }
    writes.add(bytes, promise);
    if (writes.held() > HELD_BYTES) {
      seal(ctx, writes.held() - writes.held() % maxPayload);
    }
  }

  /** Seals and writes all that waits, the header too; the caller flushes. */
  void sealAll(ChannelHandlerContext ctx) {
    if (writes.held() == 0) {
      headerAlone(ctx);
    } else {
      seal(ctx, writes.held());
    }
  }

  private void headerAlone(ChannelHandlerContext ctx) {
    if (header.length > 0) {
      ByteBuf out = ctx.alloc().directBuffer(header.length, header.length).writeBytes(header);
      header = new byte[0];
      ctx.write(out, ctx.voidPromise());
    }
  }

  private void seal(ChannelHandlerContext ctx, int bytes) {
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] plain = scratch.in(maxPayload);
    byte[] sealed = scratch.out(MAX_CHUNK);
    for (int left = bytes; left > 0; ) {
      int batch = Math.min(left, BATCH_BYTES);
      int count = (batch + maxPayload - 1) / maxPayload;
      ByteBuf out = ctx.alloc().directBuffer(header.length + batch + count * chunks.mostExtra());
      out.writeBytes(header);
      header = new byte[0];
      left -= batch;
      while (batch > 0) {
        int length = Math.min(batch, maxPayload);
        writes.take(plain, 0, length);
        out.writeBytes(sealed, 0, chunk(plain, length, sealed));
        batch -= length;
      }
      ctx.write(out, writes.promise(ctx));
    }
  }

  /** Seals one datagram as one chunk; null when it is too long for one. */
  ByteBuf datagram(ChannelHandlerContext ctx, ByteBuf content) {
    int length = content.readableBytes();
    CipherScratch scratch = CipherScratch.ofThread();
    byte[] plain = scratch.in(length);
    content.readBytes(plain, 0, length);
    byte[] sealed = scratch.out(Math.min(length + chunks.mostExtra(), 0xFFFF + 16));
    ByteBuf out = ctx.alloc().directBuffer(header.length + length + chunks.mostExtra());
    out.writeBytes(header);
    header = new byte[0];
    return out.writeBytes(sealed, 0, chunk(plain, length, sealed));
  }

  /** Writes the chunk that ends the stream, if the form has one; false when it has none. */
  boolean end(ChannelHandlerContext ctx, ChannelPromise promise) {
    sealAll(ctx);
    if (!body.chunks()) {
      return false;
    }
    byte[] sealed = new byte[chunks.mostExtra()];
    int length = chunk(sealed, 0, sealed);
    ctx.write(ctx.alloc().directBuffer(length, length).writeBytes(sealed, 0, length), promise);
    return true;
  }

  private int chunk(byte[] plain, int length, byte[] sealed) {
    chunks.writeSize(length, sealed, 0);
    int at = chunks.sizeBytes();
    at += chunks.seal(plain, length, sealed, at);
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = chunks.padding(); i > 0; i--) {
      sealed[at++] = (byte) random.nextInt();
    }
    return at;
  }

  /** Whether something waits. */
  boolean waiting() {
    return writes.held() > 0;
  }

  /** Drops what waits. */
  void fail(Throwable cause) {
    writes.fail(cause);
  }
}
