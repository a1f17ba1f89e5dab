package com.github.shiroedev2024.leaf.engine.relay;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.AddressesOnly;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries the datagrams of one association between its client and its channel. Datagrams that come
 * before the channel is there wait in a bounded queue; when the channel cannot take more they are
 * dropped, as UDP allows. It ends the session after {@code UDP_SESSION_TIMEOUT} without a datagram;
 * an association that only asked a DNS server ends at the first look after the answer.
 */
public final class DatagramRelay extends ChannelInboundHandlerAdapter implements DatagramLink {
  private static final int DNS_PORT = 53;

  private final Session session;
  private final DatagramSink client;
  private final EngineOptions options;
  private final ArrayDeque<Datagram> waiting = new ArrayDeque<>(2);
  private final int maxWaiting;
  private final Runnable flush = this::flush;
  private @Nullable Channel remote;
  private boolean flushScheduled;
  private boolean answeredByDns;
  private boolean abandoned;
  private long lastNanos;

  public DatagramRelay(Session session, DatagramSink client, EngineOptions options) {
    this.session = session;
    this.client = client;
    this.options = options;
    this.maxWaiting = options.get(EngineOptions.UDP_UPLINK_CHANNEL_SIZE);
    this.lastNanos = session.startNanos();
    session.onEnd(reason -> abandon());
    scheduleLook();
  }

  /** The association is open: sends what waited and starts reading. On the session's loop. */
  public void begin(Channel channel) {
    if (session.closeReason() != null) {
      channel.close();
      return;
    }
    remote = channel;
    channel.pipeline().addLast("relay", this);
    channel.config().setAutoRead(true);
    for (Datagram datagram = waiting.poll(); datagram != null; datagram = waiting.poll()) {
      write(channel, datagram);
    }
  }

  @Override
  public void send(Datagram datagram) {
    lastNanos = session.loop().ticker().nanoTime();
    Channel channel = remote;
    if (session.closeReason() != null || (channel == null && waiting.size() >= maxWaiting)) {
      datagram.release();
    } else if (channel == null) {
      waiting.add(datagram);
    } else {
      write(channel, datagram);
    }
  }

  @Override
  public @Nullable Channel socket() {
    Channel channel = remote;
    if (channel == null || session.closeReason() != null || client.needsEach()) {
      return null;
    }
    for (Map.Entry<String, ChannelHandler> handler : channel.pipeline()) {
      if (handler.getValue() != this && !(handler.getValue() instanceof AddressesOnly)) {
        return null;
      }
    }
    return channel;
  }

  @Override
  public void moved(long sent, long received, boolean byDns) {
    if (abandoned) {
      return; // it has been added up
    }
    lastNanos = session.loop().ticker().nanoTime();
    if (sent > 0) {
      session.countSent(sent);
    }
    if (received > 0) {
      answeredByDns = byDns;
      session.countReceived(received);
    }
  }

  private void write(Channel channel, Datagram datagram) {
    if (!channel.isWritable()) {
      channel.flush();
      if (!channel.isWritable()) {
        datagram.release();
        return;
      }
    }
    session.countSent(datagram.content().readableBytes());
    channel.write(datagram, channel.voidPromise());
    if (!flushScheduled) {
      flushScheduled = true;
      session.loop().execute(flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    Channel channel = remote;
    if (channel != null) {
      channel.flush();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof Datagram datagram) || session.closeReason() != null) {
      ReferenceCountUtil.release(message);
      return;
    }
    lastNanos = session.loop().ticker().nanoTime();
    answeredByDns = datagram.peer().port() == DNS_PORT;
    session.countReceived(datagram.content().readableBytes());
    client.receive(datagram);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    client.receiveComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session.end(CloseReason.FINISHED, null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SessionException failure = SessionException.of(cause, CloseReason.REMOTE_RESET);
    session.end(failure.reason(), failure.getMessage());
  }

  private void scheduleLook() {
    session
        .loop()
        .schedule(
            this::look,
            options.get(EngineOptions.UDP_SESSION_TIMEOUT_CHECK_INTERVAL).toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (session.closeReason() != null) {
      return;
    }
    long idle = session.loop().ticker().nanoTime() - lastNanos;
    if (answeredByDns || idle >= options.get(EngineOptions.UDP_SESSION_TIMEOUT).toNanos()) {
      session.end(CloseReason.IDLE, null);
    } else {
      scheduleLook();
    }
  }

  /** Drops what waits and closes the channel, if there is one. On the session's loop. */
  public void abandon() {
    for (Datagram datagram = waiting.poll(); datagram != null; datagram = waiting.poll()) {
      datagram.release();
    }
    if (remote != null) {
      remote.close();
    }
    abandoned = true;
  }
}
