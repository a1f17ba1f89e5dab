package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * A server's end of a stream until the request is read.
 *
 * <p>Whatever cannot be served is met by the same silence: nothing is answered, what comes is read
 * and dropped, and the connection ends when the client ends it or when the time for a request is
 * over, counted from its first moment. So neither the number of bytes sent nor what they were, nor
 * how they were cut, changes anything that a prober can see (SIP022 section 3.1.3 asks for one read
 * of the whole head to the same end).
 */
final class ServerHandshake extends ChannelInboundHandlerAdapter {
  private final ShadowsocksInbound inbound;
  private final ServerRequest request;
  private final StreamOpener opener;
  private @Nullable ByteBuf payload;
  private @Nullable ServerStream stream;
  private @Nullable Future<?> deadline;
  private Consumer<ByteBuf> receiver = ReferenceCountUtil::release;
  private @Nullable BadHeaderException refusal;
  private boolean silent;

  ServerHandshake(ShadowsocksInbound inbound, ServerRequest request) {
    this.inbound = inbound;
    this.request = request;
    this.opener = request.opener();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    receiver = opened -> received(ctx, opened);
    deadline =
        ctx.executor()
            .schedule(
                () -> {
                  ctx.close();
                },
                inbound.handshakeTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
    if (stream == null) {
      opener.close();
    }
    forget();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf piece) || silent) {
      ReferenceCountUtil.release(msg);
      return;
    }
    String why;
    try {
      opener.read(piece, ctx.alloc(), receiver);
      BadHeaderException refused = refusal;
      if (refused == null) {
        return;
      }
      throw refused;
    } catch (AEADBadTagException e) {
      why = "it does not authenticate";
    } catch (BadHeaderException e) {
      why = String.valueOf(e.getMessage());
    }
    ServerStream begun = stream;
    if (begun != null) {
      begun.altered(why);
      return;
    }
    silent = true;
    opener.close();
    forget();
    inbound.refused(ctx.channel(), why);
  }

  private void received(ChannelHandlerContext ctx, ByteBuf opened) {
    ServerStream begun = stream;
    if (begun != null) {
      begun.early(opened);
      return;
    }
    if (refusal != null) {
      opened.release();
      return;
    }
    ByteBuf before = payload;
    ByteBuf all =
        before == null
            ? opened
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, opened);
    payload = all;
    Destination destination;
    try {
      destination = request.read(all, ctx.channel().eventLoop().ticker().nanoTime());
    } catch (BadHeaderException e) {
      refusal = e;
      return;
    }
    if (destination != null) {
      payload = null;
      serve(ctx, destination, all);
    }
  }

  private void serve(ChannelHandlerContext ctx, Destination destination, ByteBuf rest) {
    Channel client = ctx.channel();
    client.config().setAutoRead(false);
    Session session =
        ClientOrigin.open(
            inbound.dispatcher(),
            Network.TCP,
            inbound.tag(),
            client,
            destination,
            request.userId());
    ServerStream begun = new ServerStream(session, request.sealer(), opener);
    begun.early(rest);
    stream = begun;
    // Not yet: the piece that is being read may hold more, which this handler passes on.
    ctx.pipeline().addAfter(ctx.name(), null, begun);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ServerStream begun = stream;
    if (begun == null) {
      return;
    }
    ctx.pipeline().remove(this);
    begun.serve(inbound.dispatcher());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (stream != null) {
      ctx.fireUserEventTriggered(event);
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void forget() {
    ByteBuf held = payload;
    payload = null;
    if (held != null) {
      held.release();
    }
  }
}
