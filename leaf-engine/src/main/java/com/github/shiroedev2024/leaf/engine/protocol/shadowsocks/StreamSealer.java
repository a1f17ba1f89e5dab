package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

  private record Pending(ByteBuf bytes, ChannelPromise promise) {}

  private final AeadChunkWriter chunks;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);
  private final List<ChannelPromise> taken = new ArrayList<>(4);
  private final AeadChunkWriter.Source source = this::take;
  private final AeadCipher cipher;
  private final int maxChunk;
  private @Nullable Head head;
  private int held;

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
    pending.add(new Pending(bytes, promise));
    held += bytes.readableBytes();
    if (held > HELD_BYTES) {
      seal(ctx, held - held % maxChunk);
    }
  }

  /** Seals and writes all that waits; the caller flushes. */
  void sealAll(ChannelHandlerContext ctx) {
    seal(ctx, held);
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
      write(ctx, batch, out);
    }
    while (left > 0) {
      int batch = Math.min(left, BATCH_BYTES);
      int size = chunks.sealedLength(batch);
      ByteBuf out = ctx.alloc().directBuffer(size, size);
      chunks.seal(source, batch, out);
      left -= batch;
      write(ctx, batch, out);
    }
  }

  private void write(ChannelHandlerContext ctx, int payload, ByteBuf sealed) {
    held -= payload;
    ctx.write(sealed, promise(ctx));
  }

  /** Moves the next bytes that wait into the array. */
  private void take(byte[] into, int at, int length) {
    for (int filled = 0; filled < length; ) {
      Pending first = pending.getFirst();
      int n = Math.min(length - filled, first.bytes.readableBytes());
      first.bytes.readBytes(into, at + filled, n);
      filled += n;
      if (!first.bytes.isReadable()) {
        pending.removeFirst();
        first.bytes.release();
        if (!first.promise.isVoid()) {
          taken.add(first.promise);
        }
      }
    }
  }

  /** One promise for all writes that end in what is written now. */
  private ChannelPromise promise(ChannelHandlerContext ctx) {
    if (taken.isEmpty()) {
      return ctx.voidPromise();
    }
    if (taken.size() == 1) {
      ChannelPromise only = taken.getFirst();
      taken.clear();
      return only;
    }
    List<ChannelPromise> all = List.copyOf(taken);
    taken.clear();
    return ctx.newPromise()
        .addListener(
            done -> {
              for (ChannelPromise p : all) {
                if (done.isSuccess()) {
                  p.trySuccess();
                } else {
                  p.tryFailure(done.cause());
                }
              }
            });
  }

  /** Whether something waits. */
  boolean waiting() {
    return !pending.isEmpty();
  }

  /** Drops what waits. */
  void fail(Throwable cause) {
    held = 0;
    for (Pending p = pending.poll(); p != null; p = pending.poll()) {
      p.bytes.release();
      if (!p.promise.isVoid()) {
        p.promise.tryFailure(cause);
      }
    }
  }
}
