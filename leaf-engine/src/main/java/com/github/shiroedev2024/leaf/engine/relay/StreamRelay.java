package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.dial.StreamEnd;
import com.github.shiroedev2024.leaf.engine.os.Splicing;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Copies between the two channels of a TCP session, which share one event loop.
 *
 * <p>Back-pressure is one rule: a side that cannot be written stops reads on the other, which
 * resume when it is writable again. Each direction ends by itself ({@link EndOfStream}); the
 * session ends when both have, or when one channel fails. A direction that goes on alone may be
 * silent for {@code TCP_UPLINK_TIMEOUT} or {@code TCP_DOWNLINK_TIMEOUT} at most.
 *
 * <p>At the end a channel is closed after what was written to it has left (FIN), within {@link
 * #LINGER}; when the session failed it is reset, so that the other side sees that bytes are
 * missing.
 *
 * <p>A stream that shows itself to be a large one is handed to a {@link SpliceRelay}, if it can be
 * ({@link Handover}); from there on this class only ends it.
 */
public final class StreamRelay {
  /** How long a closed session waits for a slow reader to take the last bytes. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Session session;
  private final Channel client;
  private final Channel remote;
  private final EngineOptions options;
  private final @Nullable Handover handover;
  private final End clientEnd;
  private final End remoteEnd;
  private @Nullable SpliceRelay spliced;

  /** Ends the session when the direction that goes on alone is silent for too long. */
  private @Nullable Future<?> silence;

  private StreamRelay(
      Session session,
      Channel client,
      Channel remote,
      EngineOptions options,
      @Nullable Splicing splicing) {
    this.session = session;
    this.client = client;
    this.remote = remote;
    this.options = options;
    this.clientEnd = new End(true, client, remote);
    this.remoteEnd = new End(false, remote, client);
    this.handover =
        splicing != null && options.get(EngineOptions.RELAY_SPLICE) && Splicing.fits(client, remote)
            ? new Handover(this, splicing, options.get(EngineOptions.RELAY_SPLICE_AFTER_BYTES))
            : null;
  }

  /**
   * Adds the relay to the end of both pipelines; nothing flows before {@link #begin}, except what
   * handlers before it pass on as they are removed. On the session's loop.
   *
   * @param splicing null to copy always
   */
  public static StreamRelay install(
      Session session,
      Channel client,
      Channel remote,
      EngineOptions options,
      @Nullable Splicing splicing) {
    StreamRelay relay = new StreamRelay(session, client, remote, options, splicing);
    client.pipeline().addLast("relay", relay.clientEnd);
    remote.pipeline().addLast("relay", relay.remoteEnd);
    session.onEnd(relay::closeBoth);
    return relay;
  }

  /** Starts reading on both sides. */
  public void begin() {
    if (!client.isActive()) {
      session.end(CloseReason.CLIENT_GONE, null);
      return;
    }
    client.config().setAutoRead(true);
    remote.config().setAutoRead(true);
    if (handover != null) {
      handover.moved(0);
    }
  }

  Session session() {
    return session;
  }

  Channel client() {
    return client;
  }

  Channel remote() {
    return remote;
  }

  /** Whether both directions go on, here and in order. */
  boolean copies() {
    return session.closeReason() == null && spliced == null && !clientEnd.ended && !remoteEnd.ended;
  }

  /** Lets the other relay carry on; both channels are deregistered and nothing waits in them. */
  void splice(Splicing splicing) throws IOException {
    spliced =
        SpliceRelay.start(
            session,
            (SocketChannel) client,
            (SocketChannel) remote,
            splicing.pool(session.loop(), client.alloc()),
            new SpliceEnds());
  }

  private void closeBoth(CloseReason reason) {
    Future<?> waiting = silence;
    if (waiting != null) {
      silence = null;
      waiting.cancel(false); // it holds both channels
    }
    boolean reset =
        switch (reason) {
          case FINISHED,
              CLIENT_GONE,
              HALF_CLOSED_TIMEOUT,
              CLOSED_BY_API,
              SHUTDOWN,
              OUTBOUND_REMOVED ->
              false;
          default -> true;
        };
    if (spliced != null) {
      spliced.close(reset, LINGER);
      return;
    }
    close(client, reset);
    close(remote, reset);
  }

  private void close(Channel channel, boolean reset) {
    if (!channel.isOpen()) {
      return;
    }
    if (reset) {
      StreamEnd.reset(channel);
      return;
    }
    channel.config().setAutoRead(false);
    channel.writeAndFlush(EndOfStream.INSTANCE).addListener(ChannelFutureListener.CLOSE);
    if (channel.isOpen()) {
      var deadline =
          channel.eventLoop().schedule(() -> channel.close(), LINGER.toSeconds(), TimeUnit.SECONDS);
      channel.closeFuture().addListener(closed -> deadline.cancel(false));
    }
  }

  /** One side has said all it will, and the other knows: goes on one way, or ends. */
  private void directionEnded(boolean fromClient) {
    if (fromClient) {
      session.completeSend();
    } else {
      session.completeReceive();
    }
    if (session.sendCompleted() && session.receiveCompleted()) {
      session.end(CloseReason.FINISHED, null);
    } else {
      oneWay(
          options.get(
              fromClient ? EngineOptions.TCP_DOWNLINK_TIMEOUT : EngineOptions.TCP_UPLINK_TIMEOUT));
    }
  }

  /** A channel was closed without a half-close: nothing can be written to it any more either. */
  private void gone(boolean clientGone, boolean clientEnded) {
    if (clientGone) {
      session.end(
          clientEnded && session.receiveCompleted()
              ? CloseReason.FINISHED
              : CloseReason.CLIENT_GONE,
          null);
    } else {
      session.completeReceive();
      session.end(CloseReason.FINISHED, null);
    }
  }

  private void failed(boolean ofClient, Throwable cause) {
    CloseReason reason =
        cause instanceof IOException
            ? (ofClient ? CloseReason.CLIENT_RESET : CloseReason.REMOTE_RESET)
            : CloseReason.PROTOCOL_ERROR;
    SessionException failure = SessionException.of(cause, reason);
    session.end(failure.reason(), failure.getMessage());
  }

  private void oneWay(Duration patience) {
    if (session.closeReason() != null) {
      return; // ended while the other side was being told
    }
    long moved = session.sent() + session.received();
    silence =
        session
            .loop()
            .schedule(
                () -> {
                  if (session.sent() + session.received() == moved) {
                    session.end(CloseReason.HALF_CLOSED_TIMEOUT, null);
                  } else {
                    oneWay(patience);
                  }
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** The relay at the tail of one channel. */
  final class End extends ChannelDuplexHandler {
    private final boolean fromClient;
    private final Channel own;
    private final Channel peer;
    private boolean ended;
    private int movedAtOnce;

    End(boolean fromClient, Channel own, Channel peer) {
      this.fromClient = fromClient;
      this.own = own;
      this.peer = peer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!(message instanceof ByteBuf bytes) || ended || session.closeReason() != null) {
        ReferenceCountUtil.release(message);
        return;
      }
      int length = bytes.readableBytes();
      if (length == 0) {
        bytes.release();
        return;
      }
      if (fromClient) {
        session.countSent(length);
      } else {
        session.countReceived(length);
      }
      movedAtOnce += length;
      peer.write(bytes, peer.voidPromise());
      if (!peer.isWritable()) {
        peer.flush();
        if (!peer.isWritable()) {
          own.config().setAutoRead(false);
        }
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      peer.flush();
      int moved = movedAtOnce;
      movedAtOnce = 0;
      if (handover != null) {
        handover.moved(moved);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      boolean paused = spliced != null || (handover != null && handover.isGoingOn());
      if (own.isWritable() && session.closeReason() == null && !paused) {
        peer.config().setAutoRead(true);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        endDirection();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (session.closeReason() == null) {
        gone(fromClient, ended);
      }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
      if (spliced != null) {
        spliced.closing(fromClient);
      }
      ctx.close(promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(fromClient, cause);
    }

    private void endDirection() {
      if (ended || session.closeReason() != null) {
        return;
      }
      ended = true;
      if (own instanceof SocketChannel socket && socket.isInputShutdown()) {
        own.config().setAutoRead(false); // else the loop wakes once more, to read nothing
      }
      peer.writeAndFlush(EndOfStream.INSTANCE).addListener(written -> directionEnded(fromClient));
    }
  }

  /** What becomes of the session when it is spliced. */
  private final class SpliceEnds implements SpliceRelay.Owner {
    @Override
    public void ended(boolean fromClient) {
      (fromClient ? clientEnd : remoteEnd).ended = true;
      ((SocketChannel) (fromClient ? remote : client))
          .shutdownOutput()
          .addListener(told -> directionEnded(fromClient));
    }

    @Override
    public void failed(boolean ofClient, IOException cause) {
      StreamRelay.this.failed(ofClient, cause);
    }

    @Override
    public void closed(boolean ofClient) {
      gone(ofClient, clientEnd.ended);
    }
  }
}
