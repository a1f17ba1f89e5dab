package com.github.shiroedev2024.leaf.engine.protocol.socks;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.SocksAddress;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Our side of SOCKS5 towards a server: greeting, login if asked for, one request. Then it leaves
 * the pipeline; only if the server's first payload came glued to its reply does it stay until the
 * first read, to hand that over to whoever reads.
 */
final class SocksClientHandler extends ChannelDuplexHandler {
  private enum State {
    METHOD,
    LOGIN,
    REPLY,
    DONE
  }

  private final SocksOutboundOptions options;
  private final int command;
  private final Destination destination;
  private final Promise<Channel> ready;
  private final Consumer<Destination> done;
  private State state = State.METHOD;
  private @Nullable ByteBuf pending;
  private @Nullable Future<?> deadline;

  private SocksClientHandler(
      SocksOutboundOptions options,
      int command,
      Destination destination,
      Promise<Channel> ready,
      Consumer<Destination> done) {
    this.options = options;
    this.command = command;
    this.destination = destination;
    this.ready = ready;
    this.done = done;
  }

  /**
   * Shakes hands on a connected channel.
   *
   * @param ready fails when the handshake does
   * @param done is given the address in the server's reply; completes {@code ready}
   */
  static void shake(
      Channel channel,
      SocksOutboundOptions options,
      int command,
      Destination destination,
      Duration timeout,
      Promise<Channel> ready,
      Consumer<Destination> done) {
    SocksClientHandler handler = new SocksClientHandler(options, command, destination, ready, done);
    channel.pipeline().addLast(handler);
    handler.deadline =
        channel
            .eventLoop()
            .schedule(
                () ->
                    handler.fail(
                        CloseReason.HANDSHAKE_TIMEOUT,
                        "did not finish the handshake within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    ByteBuf greeting = channel.alloc().buffer(4).writeByte(5);
    if (options.username().isEmpty()) {
      greeting.writeByte(1).writeByte(SocksRequest.METHOD_NONE);
    } else {
      greeting
          .writeByte(2)
          .writeByte(SocksRequest.METHOD_NONE)
          .writeByte(SocksRequest.METHOD_PASSWORD);
    }
    channel.writeAndFlush(greeting, channel.voidPromise());
    channel.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(msg);
      return;
    }
    ByteBuf before = pending;
    pending =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
    try {
      State step;
      do {
        step = state;
        ByteBuf in = pending;
        if (in == null) {
          return;
        }
        switch (state) {
          case METHOD -> method(ctx, in);
          case LOGIN -> login(ctx, in);
          case REPLY -> reply(ctx, in);
          case DONE -> {}
        }
      } while (state != step);
    } catch (SocksFormatException e) {
      fail(CloseReason.PROTOCOL_ERROR, "sent something else than SOCKS5: " + e.getMessage());
    }
    ByteBuf rest = pending;
    if (rest != null && !rest.isReadable()) {
      pending = null;
      rest.release();
    }
  }

  private void method(ChannelHandlerContext ctx, ByteBuf in) {
    if (in.readableBytes() < 2) {
      return;
    }
    version(in.readUnsignedByte(), 5);
    int method = in.readUnsignedByte();
    if (method == SocksRequest.METHOD_NONE) {
      request(ctx);
    } else if (method == SocksRequest.METHOD_PASSWORD && !options.username().isEmpty()) {
      state = State.LOGIN;
      ByteBuf login = ctx.alloc().buffer(64).writeByte(1);
      text(login, options.username());
      text(login, options.password());
      ctx.writeAndFlush(login, ctx.voidPromise());
    } else {
      fail(
          CloseReason.AUTH_FAILED,
          options.username().isEmpty()
              ? "wants a login, and no username is configured"
              : "accepts neither a login by name and password nor none");
    }
  }

  private static void text(ByteBuf out, String text) {
    int length = ByteBufUtil.utf8Bytes(text);
    out.writeByte(length);
    ByteBufUtil.writeUtf8(out, text);
  }

  private void login(ChannelHandlerContext ctx, ByteBuf in) {
    if (in.readableBytes() < 2) {
      return;
    }
    // RFC 1929 has the login's own version here, some servers put the protocol's.
    int version = in.readUnsignedByte();
    if (version != 5) {
      version(version, 1);
    }
    if (in.readUnsignedByte() != 0) {
      fail(CloseReason.AUTH_FAILED, "refused the username or password");
      return;
    }
    request(ctx);
  }

  private void request(ChannelHandlerContext ctx) {
    state = State.REPLY;
    ByteBuf request = ctx.alloc().buffer(32).writeByte(5).writeByte(command).writeByte(0);
    try {
      SocksAddress.write(destination, request);
    } catch (IllegalArgumentException e) {
      request.release();
      fail(CloseReason.NOT_SUPPORTED, "cannot be asked: " + e.getMessage());
      return;
    }
    ctx.writeAndFlush(request, ctx.voidPromise());
  }

  private void reply(ChannelHandlerContext ctx, ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 2) {
      return;
    }
    version(in.getUnsignedByte(start), 5);
    int reply = in.getUnsignedByte(start + 1);
    if (reply != SocksReply.SUCCEEDED) {
      fail(SocksReply.reason(reply), "refused " + destination + ": " + SocksReply.text(reply));
      return;
    }
    if (in.readableBytes() < 5) {
      return;
    }
    in.skipBytes(3);
    Destination bound = bound(in);
    if (bound == null) {
      in.readerIndex(start);
      return;
    }
    state = State.DONE;
    endDeadline();
    if (!in.isReadable()) {
      ctx.pipeline().remove(this);
    }
    done.accept(bound);
  }

  /** The address in a reply; an empty name, which some servers send, is as good as none. */
  private static @Nullable Destination bound(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() >= 4 && in.getShort(start) == 0x0300) {
      in.skipBytes(2);
      return Destination.of(new byte[4], in.readUnsignedShort());
    }
    return in.getShort(start) == 0x0300 ? null : SocksRequest.address(in);
  }

  private static void version(int found, int wanted) {
    if (found != wanted) {
      throw new SocksFormatException("version " + found + " instead of " + wanted);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.DONE) {
      ctx.fireChannelReadComplete();
    } else {
      ctx.read();
    }
  }

  /** Somebody reads: what came early goes first. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (state == State.DONE && pending != null) {
      ctx.pipeline().remove(this);
    }
    ctx.read();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endDeadline();
    ByteBuf early = pending;
    pending = null;
    if (early == null) {
      return;
    }
    if (state == State.DONE && early.isReadable() && ctx.channel().isActive()) {
      ctx.fireChannelRead(early);
      ctx.fireChannelReadComplete();
    } else {
      early.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && state != State.DONE) {
      closed();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state != State.DONE) {
      closed();
    }
    ctx.fireChannelInactive();
  }

  private void closed() {
    fail(CloseReason.HANDSHAKE_FAILED, "closed the connection during the handshake");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (state == State.DONE) {
      ctx.fireExceptionCaught(cause);
    } else {
      fail(CloseReason.HANDSHAKE_FAILED, "failed: " + cause.getMessage());
    }
  }

  private void fail(CloseReason reason, String what) {
    state = State.DONE;
    endDeadline();
    ready.tryFailure(new SessionException(reason, "socks server " + options.server() + " " + what));
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
