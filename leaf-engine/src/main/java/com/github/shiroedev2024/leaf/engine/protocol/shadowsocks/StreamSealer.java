package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.codec.GatheredWrites;
import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * The sending direction of a stream: gathers writes until they are flushed, so that small ones
 * share a chunk, and puts the stream's head in front of the first, in the same buffer. Full chunks
 * are sealed early, so that at most {@link #HELD_BYTES} and one write wait here, unseen by the
 * channel's writability.
 */
final class StreamSealer {
  private static final int HELD_BYTES = 0xFFFC;

  /** The most payload sealed into one buffer, so that its size stays within a pool's classes. */
  private static final int BATCH_BYTES = 4 * HELD_BYTES;

  /** What a stream begins with. */
  interface Head {
    /** The most bytes it takes beyond what the payload takes in chunks of its own. */
    int room();

    /** Whether it goes out although no payload waits. */
    boolean alone();

    /**
     * Appends itself, sealed where it has to be, with as much of the payload as it carries.
     *
     * @param waiting payload bytes that can be taken from the source
     * @return how many were taken
     */
    int write(AeadCipher cipher, AeadChunkWriter.Source source, int waiting, ByteBuf out);
  }

  private final AeadChunkWriter chunks;
  private final GatheredWrites writes = new GatheredWrites();
  private final AeadChunkWriter.Source source = writes::take;
  private final AeadCipher cipher;
  private final int maxChunk;
  private @Nullable Head head;

  /**
   * @param maxChunk the most payload of a chunk, in bytes
   */
  StreamSealer(AeadCipher cipher, int maxChunk, Head head) {
    this.cipher = cipher;
    this.maxChunk = maxChunk;
    this.head = head;
    this.chunks = new AeadChunkWriter(cipher, maxChunk);
  }

  /** Takes ownership of the bytes. */
  void add(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    writes.add(bytes, promise);
    int held = writes.held();
    if (held > HELD_BYTES) {
      seal(ctx, held - held % maxChunk);
    }
  }

  /** Seals and writes all that waits; the caller flushes. */
  void sealAll(ChannelHandlerContext ctx) {
    seal(ctx, writes.held());
  }

  private void seal(ChannelHandlerContext ctx, int bytes) {
    int left = bytes;
    Head first = head;
    if (first != null && (left > 0 || first.alone())) {
      head = null;
      int batch = Math.min(left, BATCH_BYTES);
      int size = first.room() + chunks.sealedLength(batch);
      ByteBuf out = ctx.alloc().directBuffer(size, size);
      int taken = first.write(cipher, source, batch, out);
      chunks.seal(source, batch - taken, out);
      left -= batch;
      ctx.write(out, writes.promise(ctx));
    }
    while (left > 0) {
      int batch = Math.min(left, BATCH_BYTES);
      int size = chunks.sealedLength(batch);
      ByteBuf out = ctx.alloc().directBuffer(size, size);
      chunks.seal(source, batch, out);
      left -= batch;
      ctx.write(out, writes.promise(ctx));
    }
  }

  /** Whether something waits. */
  boolean waiting() {
    return !writes.isEmpty();
  }

  /** Drops what waits. */
  void fail(Throwable cause) {
    writes.fail(cause);
  }
}
