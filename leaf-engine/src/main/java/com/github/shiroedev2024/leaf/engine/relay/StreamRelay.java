package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

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
 */
public final class StreamRelay {
  /** How long a closed session waits for a slow reader to take the last bytes. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final Session session;
  private final Channel client;
  private final Channel remote;
  private final EngineOptions options;

  private StreamRelay(Session session, Channel client, Channel remote, EngineOptions options) {
    this.session = session;
    this.client = client;
    this.remote = remote;
    this.options = options;
  }

  /**
   * Adds the relay to the end of both pipelines; nothing flows before {@link #begin}, except what
   * handlers before it pass on as they are removed. On the session's loop.
   */
  public static StreamRelay install(
      Session session, Channel client, Channel remote, EngineOptions options) {
    StreamRelay relay = new StreamRelay(session, client, remote, options);
    client.pipeline().addLast("relay", relay.new End(true, client, remote));
    remote.pipeline().addLast("relay", relay.new End(false, remote, client));
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
  }

  private void closeBoth(CloseReason reason) {
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
    close(client, reset);
    close(remote, reset);
  }

  private void close(Channel channel, boolean reset) {
    if (!channel.isOpen()) {
      return;
    }
    if (reset) {
      if (channel instanceof SocketChannel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
      }
      channel.close();
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

  private void oneWay(Duration patience) {
    long moved = session.sent() + session.received();
    session
        .loop()
        .schedule(
            () -> {
              if (session.closeReason() != null) {
                return;
              }
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
  private final class End extends ChannelInboundHandlerAdapter {
    private final boolean fromClient;
    private final Channel own;
    private final Channel peer;
    private boolean ended;

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
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (own.isWritable() && session.closeReason() == null) {
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
      // Closed without a half-close: nothing can be written to it any more either.
      if (session.closeReason() != null) {
        return;
      }
      if (fromClient) {
        session.end(
            ended && session.receiveCompleted() ? CloseReason.FINISHED : CloseReason.CLIENT_GONE,
            null);
      } else {
        session.completeReceive();
        session.end(CloseReason.FINISHED, null);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      CloseReason reason =
          cause instanceof IOException
              ? (fromClient ? CloseReason.CLIENT_RESET : CloseReason.REMOTE_RESET)
              : CloseReason.PROTOCOL_ERROR;
      SessionException failure = SessionException.of(cause, reason);
      session.end(failure.reason(), failure.getMessage());
    }

    private void endDirection() {
      if (ended || session.closeReason() != null) {
        return;
      }
      ended = true;
      peer.writeAndFlush(EndOfStream.INSTANCE)
          .addListener(
              written -> {
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
                          fromClient
                              ? EngineOptions.TCP_DOWNLINK_TIMEOUT
                              : EngineOptions.TCP_UPLINK_TIMEOUT));
                }
              });
    }
  }
}
