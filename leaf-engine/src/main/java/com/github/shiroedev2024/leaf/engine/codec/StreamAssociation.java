package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramLink;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of an association that its client carries on a stream: datagrams of the codecs
 * before it in the pipeline to the dispatcher, and back. It lives no longer than the stream; a
 * session that ended is followed by a new one at the next datagram, and a stream without session or
 * datagram for the idle time is closed. What a slow client does not take is dropped.
 */
public final class StreamAssociation extends ChannelInboundHandlerAdapter implements DatagramSink {
  private final ServerHandshake.Server server;
  private final @Nullable String userId;
  private final Duration idle;
  private @Nullable ChannelHandlerContext client;
  private @Nullable Session session;
  private @Nullable DatagramLink link;
  private @Nullable Future<?> look;
  private boolean used;

  /**
   * @param idle how long the stream may carry nothing
   */
  public StreamAssociation(ServerHandshake.Server server, @Nullable String userId, Duration idle) {
    this.server = server;
    this.userId = userId;
    this.idle = idle;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    client = ctx;
    look =
        ctx.channel()
            .eventLoop()
            .scheduleAtFixedRate(
                () -> look(ctx),
                idle.toMillis(),
                Math.max(1, idle.toMillis()),
                TimeUnit.MILLISECONDS);
  }

  private void look(ChannelHandlerContext ctx) {
    if (!used && over()) {
      ctx.close();
    }
    used = false;
  }

  private boolean over() {
    return session == null || session.closeReason() != null;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof Datagram datagram)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    used = true;
    DatagramLink to = link;
    if (to == null || over()) {
      Session opened =
          ClientOrigin.open(
              server.dispatcher(),
              Network.UDP,
              server.tag(),
              ctx.channel(),
              datagram.peer(),
              userId);
      to = server.dispatcher().associate(opened, this);
      session = opened;
      link = to;
    }
    to.send(datagram);
  }

  @Override
  public void receive(Datagram datagram) {
    ChannelHandlerContext ctx = client;
    if (ctx == null || !ctx.channel().isWritable()) {
      datagram.release();
    } else {
      ctx.write(datagram, ctx.voidPromise());
    }
  }

  @Override
  public void receiveComplete() {
    ChannelHandlerContext ctx = client;
    if (ctx != null) {
      ctx.flush();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    client = null;
    Future<?> looking = look;
    if (looking != null) {
      looking.cancel(false);
    }
    Session open = session;
    if (open != null) {
      open.end(CloseReason.FINISHED, null);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    server
        .log()
        .debug(
            "inbound '{}': UDP of {}: {}",
            server.tag(),
            ClientOrigin.source(ctx.channel()),
            String.valueOf(cause.getMessage()));
    ctx.close();
  }
}
