package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The client's end of an association: datagrams with their own peers above, sealed ones to and from
 * the server below. What does not authenticate is dropped, as on any lossy network.
 */
final class ShadowsocksDatagrams extends ChannelDuplexHandler {
  private final Destination server;
  private final DatagramCodec codec;
  private final Logger log;
  private long dropped;
  private boolean passedOn;

  ShadowsocksDatagrams(Destination server, DatagramCodec codec, Logger log) {
    this.server = server;
    this.codec = codec;
    this.log = log;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.write(msg, promise);
      return;
    }
    ByteBuf sealed;
    try {
      sealed = codec.seal(ctx.alloc(), datagram.peer(), datagram.content());
    } catch (BadHeaderException e) {
      drop("to " + datagram.peer(), e.getMessage());
      if (!promise.isVoid()) {
        promise.tryFailure(
            new SessionException(CloseReason.NOT_SUPPORTED, String.valueOf(e.getMessage())));
      }
      return;
    } finally {
      datagram.release();
    }
    ctx.write(new Datagram(server, sealed), promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof Datagram datagram)) {
      ctx.fireChannelRead(msg);
      return;
    }
    Datagram opened;
    try {
      opened = codec.open(ctx.alloc(), datagram.content());
    } catch (AEADBadTagException e) {
      drop("from " + datagram.peer(), "it does not authenticate");
      return;
    } catch (BadHeaderException e) {
      drop("from " + datagram.peer(), e.getMessage());
      return;
    } finally {
      datagram.release();
    }
    passedOn = true;
    ctx.fireChannelRead(opened);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (!passedOn && !ctx.channel().config().isAutoRead()) {
      ctx.read(); // one read was asked for, and what came was dropped
    }
    passedOn = false;
  }

  private void drop(String which, @Nullable String why) {
    dropped++;
    log.debug("dropped a datagram {} ({} so far on this association): {}", which, dropped, why);
  }
}
