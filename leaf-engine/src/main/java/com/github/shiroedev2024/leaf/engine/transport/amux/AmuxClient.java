package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The side that makes streams. */
final class AmuxClient extends AmuxConnection {
  /**
   * How much one connection is used.
   *
   * @param accepts streams in its life, 1 to 65536
   * @param concurrency streams at once, at least 1
   * @param receivedBytes bytes after which it takes no new stream; 0: no limit
   * @param lifeNanos age after which it takes no new stream; 0: no limit
   */
  record Limits(int accepts, int concurrency, long receivedBytes, long lifeNanos) {
    static final Limits ONE = new Limits(1, 1, 0, 0);
  }

  /** How long the last bytes may take on a connection that is not needed any more. */
  private static final long LINGER_SECONDS = 10;

  private final Limits limits;
  private final AmuxPool pool;
  private final long born;
  private final BitSet usedIds = new BitSet();
  private int opened;
  private boolean retired;

  AmuxClient(Channel channel, String peer, int streamLimit, Limits limits, AmuxPool pool) {
    super(channel, peer, CloseReason.REMOTE_RESET, streamLimit);
    this.limits = limits;
    this.pool = pool;
    this.born = pool.now();
  }

  /** Whether it was made for one stream only. */
  boolean isForOne() {
    return limits == Limits.ONE;
  }

  /** Closes it in order, when no stream is left: what was written still goes. */
  void retire() {
    if (retired) {
      return;
    }
    retired = true;
    channel().writeAndFlush(EndOfStream.INSTANCE).addListener(ChannelFutureListener.CLOSE);
    if (channel().isOpen()) {
      var deadline =
          channel().eventLoop().schedule(() -> channel().close(), LINGER_SECONDS, TimeUnit.SECONDS);
      channel().closeFuture().addListener(gone -> deadline.cancel(false));
    }
  }

  /** Whether it takes one more stream now. */
  boolean takesMore() {
    return !hasEnded()
        && !retired
        && channel().isActive()
        && !hasReachedLimit()
        && streams() < limits.concurrency();
  }

  /** Whether it will never take a stream again. */
  boolean hasReachedLimit() {
    return opened >= limits.accepts()
        || (limits.receivedBytes() > 0 && receivedBytes() >= limits.receivedBytes())
        || (limits.lifeNanos() > 0 && pool.now() - born >= limits.lifeNanos());
  }

  /** Makes a stream, with {@code autoRead} off; nothing is sent until something is written. */
  AmuxStream open() {
    opened++;
    return add(unusedId(), stream -> stream.config().setAutoRead(false));
  }

  /** Never one that was used before: its last frames may still be on their way. */
  private int unusedId() {
    int random = ThreadLocalRandom.current().nextInt(AmuxFrames.IDS);
    int id = usedIds.nextClearBit(random);
    if (id >= AmuxFrames.IDS) {
      id = usedIds.nextClearBit(0);
    }
    usedIds.set(id);
    return id;
  }

  /** Only this side makes streams: what comes for others is left over from streams that ended. */
  @Override
  @Nullable AmuxStream unseen(int id) {
    return null;
  }

  @Override
  void streamGone(AmuxStream stream) {
    pool.streamGone(this);
  }

  @Override
  void connectionGone() {
    pool.remove(this);
  }

  @Override
  boolean endsWhenMalformed() {
    return true;
  }
}
