package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The side that takes streams. A connection whose first bytes are no frames is read to its end and
 * not answered, as one that sends nothing is, until the accept timeout.
 */
final class AmuxServer extends AmuxConnection {
  /**
   * How long frames of a stream that ended here, and not at the peer, are taken for its rest. Other
   * implementations forget an id 4 s after its end and may use it again.
   */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final Consumer<Channel> next;
  private final int maxStreams;
  private final long acceptMillis;

  /** Ids of streams that ended here first, and when a frame for them came last. */
  private final IntObjectMap<Long> rests = new IntObjectHashMap<>(4);

  private @Nullable ScheduledFuture<?> acceptTimeout;
  private boolean begun;

  AmuxServer(Channel channel, Consumer<Channel> next, EngineOptions options) {
    super(
        channel,
        "amux client",
        CloseReason.CLIENT_RESET,
        options.get(EngineOptions.AMUX_STREAM_CHANNEL_SIZE));
    this.next = next;
    this.maxStreams = options.get(EngineOptions.AMUX_ACCEPT_CHANNEL_SIZE);
    this.acceptMillis = options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT).toMillis();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    acceptTimeout = ctx.executor().schedule(() -> ctx.close(), acceptMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopTimeout();
  }

  private void stopTimeout() {
    if (acceptTimeout != null) {
      acceptTimeout.cancel(false);
      acceptTimeout = null;
    }
  }

  private long now() {
    return channel().eventLoop().ticker().nanoTime();
  }

  @Override
  @Nullable AmuxStream unseen(int id) {
    Long last = rests.get(id);
    if (last != null) {
      long now = now();
      if (now - last < REST_NANOS) {
        rests.put(id, (Long) now);
        return null;
      }
      rests.remove(id);
    }
    if (!begun) {
      begun = true;
      stopTimeout();
    }
    if (streams() >= maxStreams) {
      rests.put(id, (Long) now());
      writeFin(id);
      flush();
      return null;
    }
    return add(
        id,
        stream ->
            stream
                .pipeline()
                .addLast(
                    new ChannelInitializer<Channel>() {
                      @Override
                      protected void initChannel(Channel accepted) {
                        next.accept(accepted);
                      }
                    }));
  }

  @Override
  void finForUnknown(int id) {
    rests.remove(id);
  }

  @Override
  void streamGone(AmuxStream stream) {
    if (!stream.inputEnded()) {
      rests.put(stream.streamId(), (Long) now());
    }
  }

  @Override
  void connectionGone() {
    stopTimeout();
  }

  @Override
  boolean endsWhenMalformed() {
    return begun;
  }
}
