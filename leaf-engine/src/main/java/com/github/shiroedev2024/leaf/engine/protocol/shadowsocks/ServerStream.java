package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A server's end of a stream whose request was read. There is no reply: until the destination is
 * connected it keeps what came with the request, and a destination that cannot be reached is told
 * by closing.
 */
final class ServerStream extends SealedStream implements ClientReply {
  private final Session session;
  private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(2);
  private @Nullable ChannelHandlerContext context;
  private boolean granted;
  private boolean inputEnded;

  ServerStream(Session session, StreamSealer sealer, StreamOpener opener) {
    super(sealer, opener, "shadowsocks client");
    this.session = session;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    context = ctx;
  }

  @Override
  boolean mayGo() {
    return true;
  }

  @Override
  void awaken() {}

  /** Keeps bytes that came before the destination is connected; owns them. */
  void early(ByteBuf opened) {
    if (opened.isReadable()) {
      early.add(opened);
    } else {
      opened.release();
    }
  }

  /** What came with the request was not authentic. */
  void altered(String why) {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      fail(
          ctx,
          new SessionException(
              CloseReason.PROTOCOL_ERROR, "shadowsocks client: after its request: " + why));
    }
  }

  /** Hands the session over. */
  void serve(Dispatcher dispatcher) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && session.closeReason() == null) {
      dispatcher.serve(session, ctx.channel(), this);
    }
  }

  @Override
  void received(ChannelHandlerContext ctx, ByteBuf opened) {
    if (granted) {
      super.received(ctx, opened);
    } else {
      early(opened);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (granted) {
      super.channelReadComplete(ctx);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !granted) {
      inputEnded = true; // told to whoever takes over
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void granted(Channel client, Channel remote) {
    granted = true;
    ChannelHandlerContext ctx = context;
    if (ctx == null || ctx.isRemoved()) {
      return; // the client has gone, and its handlers with it
    }
    boolean any = !early.isEmpty();
    for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
      ctx.fireChannelRead(bytes);
    }
    if (any) {
      ctx.fireChannelReadComplete();
    }
    if (inputEnded) {
      super.userEventTriggered(ctx, ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void refused(Channel client, SessionException cause) {
    client.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!granted) {
      session.end(CloseReason.CLIENT_GONE, null);
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (granted) {
      ctx.fireExceptionCaught(cause);
      return;
    }
    session.end(CloseReason.CLIENT_RESET, cause.getMessage());
    ctx.close();
  }

  @Override
  void tell(ChannelHandlerContext ctx, SessionException cause) {
    if (granted) {
      super.tell(ctx, cause);
    } else {
      session.end(cause.reason(), cause.getMessage());
    }
  }

  @Override
  void release() {
    super.release();
    for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
      bytes.release();
    }
  }
}
