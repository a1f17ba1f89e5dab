package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, which makes the streams on it. It is kept alive as long as there is a
 * stream; without any it goes silent and ends with the idle timeout, or soon when it is not needed
 * any more. On its event loop.
 */
final class QuicClient extends ChannelInboundHandlerAdapter {
  /** How long the last bytes may take on a connection that is not needed any more. */
  private static final long LINGER_SECONDS = 2;

  private final EventLoop loop;
  private final String peer;
  private final KeepAlive keepAlive;
  private @Nullable QuicChannel channel;
  private boolean datagrams;
  private boolean retired;
  private int streams;
  private @Nullable Future<?> ending;

  QuicClient(EventLoop loop, Destination server, Duration keepAlive) {
    this.loop = loop;
    this.peer = "quic server " + server;
    this.keepAlive = new KeepAlive(loop, keepAlive.toNanos(), this::poke);
  }

  /** What lies between the socket and the codec. */
  final class Tap extends ChannelInboundHandlerAdapter {
    private final Promise<?> connecting;

    /**
     * @param connecting fails when the system tells, before it is done, that nobody is there
     */
    Tap(Promise<?> connecting) {
      this.connecting = connecting;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      keepAlive.heard();
      ctx.fireChannelReadComplete();
    }

    /** Behind the handshake anybody could say so (RFC 9000, section 14.2.1). */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      connecting.tryFailure(cause);
    }
  }

  void connected(QuicChannel connection) {
    channel = connection;
    connection.closeFuture().addListener(closed -> keepAlive.stop());
  }

  /** Whether the server ever sent anything. */
  boolean heard() {
    return keepAlive.anythingHeard();
  }

  Future<Void> closed() {
    return connection().closeFuture();
  }

  private QuicChannel connection() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }

  /** Whether it takes one more stream now. */
  boolean takesMore() {
    return !retired
        && isOpen()
        && connection().peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0;
  }

  boolean isOpen() {
    return connection().isActive();
  }

  int streams() {
    return streams;
  }

  /** Makes a stream, with {@code autoRead} off. */
  Future<QuicStreamChannel> open() {
    streams++;
    stopEnding();
    Promise<QuicStreamChannel> opened = loop.newPromise();
    connection()
        .createStream(
            QuicStreamType.BIDIRECTIONAL,
            new ChannelInitializer<QuicStreamChannel>() {
              @Override
              protected void initChannel(QuicStreamChannel stream) {
                stream.config().setAutoRead(false);
                stream.pipeline().addLast(new QuicStream(peer, CloseReason.REMOTE_RESET));
              }
            })
        .addListener(
            (Future<QuicStreamChannel> made) -> {
              if (made.isSuccess()) {
                keepAlive.start();
                made.getNow().closeFuture().addListener(closed -> streamGone());
                opened.trySuccess(made.getNow());
              } else {
                streamGone();
                opened.tryFailure(
                    SessionException.of(made.cause(), CloseReason.REMOTE_RESET).at(peer));
              }
            });
    return opened;
  }

  private void streamGone() {
    if (--streams == 0) {
      keepAlive.stop();
      endIfRetired();
    }
  }

  /** It takes no new stream; it is closed some time after its last one. */
  void retire() {
    retired = true;
    endIfRetired();
  }

  private void endIfRetired() {
    if (retired && streams == 0 && ending == null && connection().isOpen()) {
      ending = loop.schedule(() -> connection().close(), LINGER_SECONDS, TimeUnit.SECONDS);
      connection().closeFuture().addListener(closed -> stopEnding());
    }
  }

  private void stopEnding() {
    if (ending != null) {
      ending.cancel(false);
      ending = null;
    }
  }

  /**
   * Sends what the server has to acknowledge: a DATAGRAM frame of one byte (RFC 9221) where it
   * takes such, which nobody reads, else a stream that ends at once.
   */
  private void poke() {
    QuicChannel connection = connection();
    if (!connection.isActive()) {
      return;
    }
    if (datagrams) {
      connection.writeAndFlush(connection.alloc().directBuffer(1).writeZero(1));
    } else if (connection.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0) {
      connection
          .createStream(QuicStreamType.BIDIRECTIONAL, new Silent())
          .addListener(
              (Future<QuicStreamChannel> made) -> {
                if (made.isSuccess()) {
                  made.getNow().writeAndFlush(QuicStreamFrame.EMPTY_FIN);
                }
              });
    }
  }

  /** A stream without a word. */
  private static final class Silent extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ReferenceCountUtil.release(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the server may well refuse it
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      EndedStreams.forget((QuicStreamChannel) ctx.channel());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof QuicDatagramExtensionEvent) {
      datagrams = true;
    } else if (event instanceof QuicConnectionCloseEvent close) {
      QuicFailure.closed(ctx.channel(), close);
    }
  }

  /** Servers make no streams here; their datagrams mean nothing. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof Channel stream) {
      ctx.channel().eventLoop().register(stream).addListener(done -> stream.close());
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  /** What ends the connection is told to its streams. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {}
}
