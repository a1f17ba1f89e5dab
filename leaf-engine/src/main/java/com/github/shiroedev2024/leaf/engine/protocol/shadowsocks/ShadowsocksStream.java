package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a stream. The destination's address goes out with the first bytes that are
 * flushed, in one chunk; when none come within {@link #HEADER_WAIT_MILLIS}, it goes alone, for
 * servers that speak first.
 */
final class ShadowsocksStream extends SealedStream {
  /** How long the address waits for bytes to go with it. */
  static final long HEADER_WAIT_MILLIS = 10;

  private @Nullable ByteBuf first;
  private @Nullable Future<?> headerWait;

  /**
   * @param first what the payload begins with, owned by this; null when the stream's head says all
   * @param peer what to call the server in failures
   */
  ShadowsocksStream(
      StreamSealer sealer, StreamOpener opener, @Nullable ByteBuf first, String peer) {
    super(sealer, opener, peer);
    this.first = first;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    ByteBuf header = first;
    if (header != null) {
      first = null;
      sealer.add(ctx, header, ctx.voidPromise());
    }
    headerWait =
        ctx.executor()
            .schedule(
                () -> {
                  headerWait = null;
                  sealer.sealAll(ctx);
                  ctx.flush();
                },
                HEADER_WAIT_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  boolean mayGo() {
    return headerWait == null;
  }

  /** There is something for the header to go with: it waits for the flush only. */
  @Override
  void awaken() {
    Future<?> wait = headerWait;
    if (wait != null) {
      headerWait = null;
      wait.cancel(false);
    }
  }
}
