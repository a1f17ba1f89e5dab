package com.github.shiroedev2024.leaf.engine.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes that wait to be sealed together, so that small ones share a chunk. What is taken out
 * leaves its promises behind, which the write of the sealed bytes keeps ({@link #promise}).
 */
public final class GatheredWrites {
  private record Pending(ByteBuf bytes, ChannelPromise promise) {}

  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);
  private final List<ChannelPromise> taken = new ArrayList<>(4);
  private int held;

  /** Takes ownership of the bytes. */
  public void add(ByteBuf bytes, ChannelPromise promise) {
    pending.add(new Pending(bytes, promise));
    held += bytes.readableBytes();
  }

  /** How many bytes wait. */
  public int held() {
    return held;
  }

  /** Whether no write waits. */
  public boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Moves the next bytes that wait to this place of the array, at most what is held. */
  public void take(byte[] into, int at, int length) {
    held -= length;
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

  /** One promise for all writes that were taken to their end since the last call. */
  public ChannelPromise promise(ChannelHandlerContext ctx) {
    if (taken.isEmpty()) {
      return ctx.voidPromise();
    }
    if (taken.size() == 1) {
      return taken.removeFirst();
    }
    List<ChannelPromise> all = List.copyOf(taken);
    taken.clear();
    return ctx.newPromise()
        .addListener(
            done -> {
              for (ChannelPromise each : all) {
                if (done.isSuccess()) {
                  each.trySuccess();
                } else {
                  each.tryFailure(done.cause());
                }
              }
            });
  }

  /** Drops what waits. */
  public void fail(Throwable cause) {
    held = 0;
    for (Pending each = pending.poll(); each != null; each = pending.poll()) {
      each.bytes.release();
      if (!each.promise.isVoid()) {
        each.promise.tryFailure(cause);
      }
    }
  }
}
