package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's side of SOCKS, from its first byte until the stream is raw. It is decoder, state and
 * reply in one object, since a proxy sees many short connections.
 */
final class SocksServerHandler extends ChannelInboundHandlerAdapter implements ClientReply {
  private enum State {
    GREETING,
    LOGIN,
    REQUEST,
    /** Waits for the remote; what the client sends early is kept. */
    CONNECTING,
    /** The connection only says how long its UDP association lives. */
    ASSOCIATED,
    /** Answered; what still comes is not ours. */
    DONE
  }

  private final SocksInbound inbound;
  private State state = State.GREETING;
  private int version = 5;
  private @Nullable User user;
  private @Nullable ByteBuf pending;
  private @Nullable Session session;
  private @Nullable Future<?> deadline;
  private boolean inputEnded;

  SocksServerHandler(SocksInbound inbound) {
    this.inbound = inbound;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.channel()
            .eventLoop()
            .schedule(
                () -> abandon(ctx, CloseReason.HANDSHAKE_TIMEOUT.text()),
                inbound.handshakeTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endHandshake();
    ByteBuf early = pending;
    pending = null;
    if (early != null && early.isReadable()) {
      ctx.fireChannelRead(early);
      ctx.fireChannelReadComplete();
    } else if (early != null) {
      early.release();
    }
    if (inputEnded) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(msg);
      return;
    }
    if (state == State.ASSOCIATED || state == State.DONE) {
      bytes.release();
      return;
    }
    ByteBuf before = pending;
    pending =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
    try {
      advance(ctx);
    } catch (SocksFormatException e) {
      malformed(ctx, e);
    }
    ByteBuf rest = pending;
    if (rest != null && (!rest.isReadable() || state == State.DONE)) {
      pending = null;
      rest.release();
    }
  }

  private void advance(ChannelHandlerContext ctx) {
    State before;
    do {
      before = state;
      ByteBuf in = pending;
      if (in == null || !in.isReadable()) {
        return;
      }
      switch (state) {
        case GREETING -> greeting(ctx, in);
        case LOGIN -> login(ctx, in);
        case REQUEST -> request(ctx, SocksRequest.version5(in));
        case CONNECTING, ASSOCIATED, DONE -> {}
      }
    } while (state != before);
  }

  private void greeting(ChannelHandlerContext ctx, ByteBuf in) {
    version = in.getUnsignedByte(in.readerIndex());
    if (version == 4) {
      request(ctx, SocksRequest.version4(in));
      return;
    }
    if (version != 5) {
      abandon(ctx, "the first byte " + version + " is not SOCKS");
      return;
    }
    int methods = SocksRequest.greeting(in);
    if (methods == SocksRequest.INCOMPLETE) {
      return;
    }
    boolean login = inbound.logins().required();
    int method = login ? SocksRequest.METHOD_PASSWORD : SocksRequest.METHOD_NONE;
    if ((methods & 1 << method) == 0) {
      state = State.DONE;
      inbound
          .log()
          .debug(
              "inbound '{}': {} offers no {}",
              inbound.tag(),
              ctx.channel().remoteAddress(),
              login ? "login by name and password" : "method without a login");
      ctx.writeAndFlush(pair(ctx, 5, SocksRequest.METHOD_NO_MATCH))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    state = login ? State.LOGIN : State.REQUEST;
    ctx.writeAndFlush(pair(ctx, 5, method), ctx.voidPromise());
  }

  private void login(ChannelHandlerContext ctx, ByteBuf in) {
    SocksRequest.Login login = SocksRequest.login(in);
    if (login == null) {
      return;
    }
    user = inbound.logins().check(login.username(), login.password());
    if (user == null) {
      state = State.DONE;
      inbound
          .log()
          .warn(
              "inbound '{}': {} from {}",
              inbound.tag(),
              CloseReason.AUTH_FAILED.text(),
              ctx.channel().remoteAddress());
      ctx.writeAndFlush(pair(ctx, 1, 1)).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    state = State.REQUEST;
    ctx.writeAndFlush(pair(ctx, 1, 0), ctx.voidPromise());
  }

  private void request(ChannelHandlerContext ctx, @Nullable SocksRequest request) {
    if (request == null) {
      return;
    }
    endHandshake();
    if (request.version() == 4 && inbound.logins().required()) {
      refuse(ctx, SocksReply.NOT_ALLOWED, "SOCKS4 cannot log in, and this inbound has users");
    } else if (request.command() == SocksRequest.CONNECT) {
      connect(ctx, request);
    } else if (request.command() == SocksRequest.ASSOCIATE && request.version() == 5) {
      associate(ctx);
    } else {
      refuse(
          ctx,
          SocksReply.COMMAND_NOT_SUPPORTED,
          request.command() == SocksRequest.BIND
              ? "BIND is not supported"
              : "command " + request.command() + " is unknown");
    }
  }

  private void connect(ChannelHandlerContext ctx, SocksRequest request) {
    state = State.CONNECTING;
    Channel client = ctx.channel();
    client.config().setAutoRead(false);
    Session opened =
        ClientOrigin.open(
            inbound.dispatcher(),
            Network.TCP,
            inbound.tag(),
            client,
            request.destination(),
            user == null ? null : user.shownId());
    session = opened;
    inbound.dispatcher().serve(opened, client, this);
  }

  private void associate(ChannelHandlerContext ctx) {
    state = State.ASSOCIATED;
    SocksAssociation association =
        new SocksAssociation(
            inbound, ClientOrigin.source(ctx.channel()), user == null ? null : user.shownId());
    association
        .open(ctx.channel())
        .addListener(
            (Future<Channel> opened) -> {
              if (opened.isSuccess()) {
                InetSocketAddress at = (InetSocketAddress) opened.getNow().localAddress();
                ctx.writeAndFlush(reply5(ctx, SocksReply.SUCCEEDED, at), ctx.voidPromise());
              } else {
                inbound
                    .log()
                    .warn(
                        "inbound '{}': cannot open a UDP socket for {}: {}",
                        inbound.tag(),
                        ctx.channel().remoteAddress(),
                        String.valueOf(opened.cause().getMessage()));
                refuse(ctx, SocksReply.GENERAL_FAILURE, "no UDP socket");
              }
            });
  }

  @Override
  public void granted(Channel client, Channel remote) {
    state = State.DONE;
    ChannelHandlerContext ctx = client.pipeline().context(this);
    if (ctx == null) {
      return; // the client has gone, and its handlers with it
    }
    ByteBuf reply = version == 4 ? reply4(ctx, true) : reply5(ctx, SocksReply.SUCCEEDED, null);
    ctx.writeAndFlush(reply, ctx.voidPromise());
    client.pipeline().remove(this);
  }

  @Override
  public void refused(Channel client, SessionException cause) {
    ChannelHandlerContext ctx = client.pipeline().context(this);
    if (ctx == null) {
      client.close();
    } else {
      refuse(ctx, SocksReply.of(cause), null);
    }
  }

  private void refuse(ChannelHandlerContext ctx, int reply, @Nullable String why) {
    state = State.DONE;
    if (why != null) {
      inbound
          .log()
          .debug("inbound '{}': refused {}: {}", inbound.tag(), ctx.channel().remoteAddress(), why);
    }
    ctx.writeAndFlush(version == 4 ? reply4(ctx, false) : reply5(ctx, reply, null))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void malformed(ChannelHandlerContext ctx, SocksFormatException e) {
    if (state == State.REQUEST || version == 4) {
      refuse(ctx, e.reply(), e.getMessage());
    } else {
      abandon(ctx, String.valueOf(e.getMessage()));
    }
  }

  /** Closes without an answer. */
  private void abandon(ChannelHandlerContext ctx, String why) {
    state = State.DONE;
    inbound
        .log()
        .debug("inbound '{}': closing {}: {}", inbound.tag(), ctx.channel().remoteAddress(), why);
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
    } else if (state == State.CONNECTING) {
      inputEnded = true; // told to whoever takes over
    } else {
      ctx.close(); // nothing can follow, or the association is over
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endHandshake();
    ByteBuf rest = pending;
    pending = null;
    if (rest != null) {
      rest.release();
    }
    state = State.DONE;
    Session waiting = session;
    if (waiting != null) {
      waiting.end(CloseReason.CLIENT_GONE, null);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    abandon(ctx, String.valueOf(cause.getMessage()));
  }

  private void endHandshake() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }

  private static ByteBuf pair(ChannelHandlerContext ctx, int first, int second) {
    return ctx.alloc().buffer(2).writeByte(first).writeByte(second);
  }

  private static ByteBuf reply4(ChannelHandlerContext ctx, boolean granted) {
    return ctx.alloc().buffer(8).writeShort(granted ? 90 : 91).writeZero(6);
  }

  private static ByteBuf reply5(
      ChannelHandlerContext ctx, int reply, @Nullable InetSocketAddress bound) {
    byte[] address = bound == null ? new byte[4] : bound.getAddress().getAddress();
    return ctx.alloc()
        .buffer(6 + address.length)
        .writeByte(5)
        .writeByte(reply)
        .writeByte(0)
        .writeByte(address.length == 4 ? 1 : 4)
        .writeBytes(address)
        .writeShort(bound == null ? 0 : bound.getPort());
  }
}
