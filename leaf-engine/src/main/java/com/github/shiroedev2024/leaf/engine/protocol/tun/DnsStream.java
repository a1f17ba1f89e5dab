package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * DNS over a client's TCP connection: each message behind its length in 16 bits (RFC 1035 section
 * 4.2.2). When the first message is no question that is answered here, the whole connection goes on
 * to the server it was meant for.
 */
final class DnsStream extends ByteToMessageDecoder implements ClientReply {
  private static final int LENGTH = 2;

  /** Questions of one client that wait for their answers; the next is read after one of them. */
  private static final int MAX_WAITING = 16;

  private final TunInbound inbound;
  private final Destination server;
  private final long patienceNanos;
  private @Nullable Future<?> deadline;
  private boolean first = true;
  private boolean handedOn;
  private boolean ended;
  private int waiting;

  DnsStream(TunInbound inbound, Destination server) {
    this.inbound = inbound;
    this.server = server;
    this.patienceNanos = inbound.handshakeTimeout().toNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    again(ctx);
  }

  private void again(ChannelHandlerContext ctx) {
    cancel();
    deadline =
        ctx.channel().eventLoop().schedule(() -> ctx.close(), patienceNanos, TimeUnit.NANOSECONDS);
  }

  private void cancel() {
    Future<?> running = deadline;
    if (running != null) {
      running.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (handedOn || waiting >= MAX_WAITING || in.readableBytes() < LENGTH) {
      return;
    }
    int length = in.getUnsignedShort(in.readerIndex());
    if (in.readableBytes() < LENGTH + length) {
      return;
    }
    ByteBuffer message = in.nioBuffer(in.readerIndex() + LENGTH, length);
    boolean ours = DnsService.takes(message, 0, length, inbound);
    if (!ours && first) {
      handOn(ctx);
      return;
    }
    if (!ours) {
      ctx.close();
      return;
    }
    first = false;
    again(ctx);
    in.skipBytes(LENGTH);
    if (++waiting == MAX_WAITING) {
      ctx.channel().config().setAutoRead(false);
    }
    DnsService.answer(
        in.readRetainedSlice(length),
        inbound,
        ctx.channel().eventLoop(),
        reply -> answered(ctx, reply));
  }

  private void answered(ChannelHandlerContext ctx, ByteBuf reply) {
    waiting--;
    ctx.write(ctx.alloc().buffer(LENGTH).writeShort(reply.readableBytes()));
    ctx.writeAndFlush(reply);
    if (ended) {
      closeWhenAnswered(ctx);
    } else {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private void closeWhenAnswered(ChannelHandlerContext ctx) {
    if (waiting == 0) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void handOn(ChannelHandlerContext ctx) {
    handedOn = true;
    cancel();
    inbound.serve(ctx.channel(), server, this);
  }

  /** What was read goes on with the handler's leaving. */
  @Override
  public void granted(Channel client, Channel remote) {
    client.pipeline().remove(this);
  }

  @Override
  public void refused(Channel client, SessionException cause) {
    TunInbound.refuse(client);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == ChannelInputShutdownEvent.INSTANCE && !handedOn) {
      ended = true;
      closeWhenAnswered(ctx);
      return;
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
