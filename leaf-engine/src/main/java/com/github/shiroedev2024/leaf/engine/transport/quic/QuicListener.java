package com.github.shiroedev2024.leaf.engine.transport.quic;

import com.github.shiroedev2024.leaf.engine.telemetry.LogThrottle;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * One UDP socket with the connections on it: lies between the socket and the codec. Drops what no
 * honest client sends, keeps count, and tells clients when the socket closes. On the socket's loop.
 */
final class QuicListener extends ChannelDuplexHandler {
  /** Datagrams that begin a connection are at least so long (RFC 9000, section 14.1); bytes. */
  static final int LEAST_INITIAL = 1200;

  private static final int LONG_HEADER = 0x80;
  private static final int LONG_TYPE = 0x30;

  /** As much as the system grants; bursts wait here while the loop is busy. */
  private static final int SOCKET_BUFFER = 2 << 20;

  private final String tag;
  private final int limit;
  private final Logger log;
  private final LogThrottle refusals = new LogThrottle();
  private final Set<QuicChannel> connections = ConcurrentHashMap.newKeySet();
  private int streams;
  private long now;
  private RecvByteBufAllocator before = new FixedRecvByteBufAllocator(LEAST_INITIAL);

  /**
   * @param limit connections at once, and streams of all of them
   */
  QuicListener(String tag, int limit, Logger log) {
    this.tag = tag;
    this.limit = limit;
    this.log = log;
  }

  /** Whether one more connection is taken; says in the log when not. */
  boolean takesConnection() {
    if (connections.size() < limit) {
      return true;
    }
    refuse("connections", connections.size());
    return false;
  }

  private void refuse(String what, int held) {
    long suppressed = refusals.pass(now);
    if (suppressed >= 0) {
      log.warn(
          "inbound '{}': refusing quic {}: {} are held and the limit is {} (max-connections, or"
              + " the process's descriptor limit); {} more were refused since the last such line",
          tag,
          what,
          held,
          limit,
          suppressed);
    }
  }

  void add(QuicChannel connection) {
    connections.add(connection);
    connection.closeFuture().addListener(closed -> connections.remove(connection));
  }

  /** Takes one more stream into account, until {@link #streamGone}; false when it is too many. */
  boolean takesStream() {
    if (streams >= limit) {
      refuse("streams", streams);
      return false;
    }
    streams++;
    return true;
  }

  void streamGone() {
    streams--;
  }

  /** Connections held now. From any thread. */
  int connections() {
    return connections.size();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    before = ctx.channel().config().getRecvByteBufAllocator();
    ctx.channel()
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(QuicCodecs.MAX_DATAGRAM));
    ctx.channel().config().setOption(ChannelOption.SO_RCVBUF, SOCKET_BUFFER);
    ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ctx.channel().config().setRecvByteBufAllocator(before);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    now = ctx.channel().eventLoop().ticker().nanoTime();
    if (msg instanceof DatagramPacket packet && isHonest(packet.content())) {
      ctx.fireChannelRead(packet);
    } else {
      ReferenceCountUtil.release(msg);
    }
  }

  /**
   * Whether a datagram may be answered. An Initial that is too short is not (RFC 9000, section
   * 14.1), whatever its version is (section 6.1): the answer could be longer than it is.
   */
  static boolean isHonest(ByteBuf datagram) {
    int length = datagram.readableBytes();
    if (length == 0) {
      return false;
    }
    int first = datagram.getByte(datagram.readerIndex());
    boolean initial = (first & LONG_HEADER) != 0 && (first & LONG_TYPE) == 0;
    return !initial || length >= LEAST_INITIAL;
  }

  /** The socket closes, and with it all that is carried: the clients are told. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    List.copyOf(connections).forEach(QuicChannel::close);
    ctx.flush();
    ctx.close(promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      log.debug("inbound '{}': {}", tag, cause.toString()); // one datagram's fate
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
