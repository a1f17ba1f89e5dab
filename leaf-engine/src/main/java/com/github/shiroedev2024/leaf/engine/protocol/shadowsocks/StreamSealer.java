package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.crypto.AeadChunkWriter;
import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The sending direction of a stream: gathers writes until they are flushed, so that small ones
 * share a chunk, and puts the salt in front of the first. Full chunks are sealed early, so that at
 * most {@link #HELD_BYTES} and one write wait here, unseen by the channel's writability.
 */
final class StreamSealer {
  /** The most payload of a chunk, in bytes. */
  static final int MAX_CHUNK = 0x3FFF;

  private static final int HELD_BYTES = 4 * MAX_CHUNK;

  /** The most payload sealed into one buffer, so that its size stays within a pool's classes. */
  private static final int BATCH_BYTES = 16 * MAX_CHUNK;

  private record Pending(ByteBuf bytes, ChannelPromise promise) {}

  private final AeadChunkWriter chunks;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);
  private final List<ChannelPromise> taken = new ArrayList<>(4);
  private final AeadChunkWriter.Source source = this::take;
  private final byte[] salt;
  private boolean saltSent;
  private int held;

  StreamSealer(ShadowsocksKey key, byte[] salt) {
    this.salt = salt;
    this.chunks =
        new AeadChunkWriter(
            AeadCipher.sealing(key.method(), key.subkey(new HkdfSha1(), salt)), MAX_CHUNK);
  }

  /** Takes ownership of the bytes. */
  void add(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
    pending.add(new Pending(bytes, promise));
    held += bytes.readableBytes();
    if (held > HELD_BYTES) {
      seal(ctx, held - held % MAX_CHUNK);
    }
  }

  /** Seals and writes all that waits; the caller flushes. */
  void sealAll(ChannelHandlerContext ctx) {
    seal(ctx, held);
  }

  private void seal(ChannelHandlerContext ctx, int bytes) {
    for (int left = bytes; left > 0; ) {
      int batch = Math.min(left, BATCH_BYTES);
      int size = chunks.sealedLength(batch) + (saltSent ? 0 : salt.length);
      ByteBuf out = ctx.alloc().directBuffer(size, size);
      if (!saltSent) {
        saltSent = true;
        out.writeBytes(salt);
      }
      held -= batch;
      left -= batch;
      chunks.seal(source, batch, out);
      ctx.write(out, promise(ctx));
    }
  }

  /** Moves the next bytes that wait into the array. */
  private void take(byte[] into, int length) {
    for (int filled = 0; filled < length; ) {
      Pending first = pending.getFirst();
      int n = Math.min(length - filled, first.bytes.readableBytes());
      first.bytes.readBytes(into, filled, n);
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
