package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.codec.HeaderWait;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a stream. The destination's address goes out with the first bytes that are
 * flushed, in one chunk; when none come within {@link HeaderWait#MILLIS}, it goes alone, for
 * servers that speak first.
 */
final class ShadowsocksStream extends SealedStream {
  private @Nullable ByteBuf first;
  private @Nullable HeaderWait headerWait;

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
        new HeaderWait(
            ctx.executor(),
            () -> {
              sealer.sealAll(ctx);
              ctx.flush();
            });
  }

  @Override
  boolean mayGo() {
    HeaderWait wait = headerWait;
    return wait == null || !wait.waiting();
  }

  /** There is something for the header to go with: it waits for the flush only. */
  @Override
  void awaken() {
    HeaderWait wait = headerWait;
    if (wait != null) {
      wait.end();
    }
  }
}
