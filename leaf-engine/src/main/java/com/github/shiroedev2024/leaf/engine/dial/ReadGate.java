package com.github.shiroedev2024.leaf.engine.dial;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Makes {@code autoRead} mean what it says, at the bottom of every TCP socket's pipeline.
 *
 * <p>When the peer half-closes, Netty's epoll transport reads the socket to its end whether anybody
 * wants to read or not, tells the end at once, and fails the channel when it is asked to read after
 * that. A slow client would lose the rest of what a finished remote sent, and a request whose
 * sender has ended early would be lost while its remote is being connected. So what nobody asked
 * for waits here, at most what the socket's receive buffer held, and so does the end.
 */
public final class ReadGate extends ChannelDuplexHandler {
  private final ArrayDeque<Object> held = new ArrayDeque<>(0);
  private boolean asked;
  private boolean draining;

  /** Whether nothing waits here: all that the socket gave has been passed on. */
  public boolean isEmpty() {
    return held.isEmpty();
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    asked = true;
    if (!held.isEmpty()) {
      drain(ctx);
    } else if (!(ctx.channel() instanceof DuplexChannel socket && socket.isInputShutdown())) {
      ctx.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (held.isEmpty() && open(ctx)) {
      ctx.fireChannelRead(msg);
    } else {
      held.add(msg);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (held.isEmpty()) {
      asked = false;
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean end =
        event == ChannelInputShutdownEvent.INSTANCE
            || event == ChannelInputShutdownReadComplete.INSTANCE;
    if (end && !(held.isEmpty() && open(ctx))) {
      held.add(event);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  private boolean open(ChannelHandlerContext ctx) {
    return asked || ctx.channel().config().isAutoRead();
  }

  private void drain(ChannelHandlerContext ctx) {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!held.isEmpty() && open(ctx)) {
        Object next = held.poll();
        if (next instanceof ChannelInputShutdownEvent
            || next instanceof ChannelInputShutdownReadComplete) {
          ctx.fireUserEventTriggered(next);
        } else {
          asked = false;
          ctx.fireChannelRead(next);
          ctx.fireChannelReadComplete();
        }
      }
    } finally {
      draining = false;
    }
    if (held.isEmpty() && ctx.channel().config().isAutoRead()) {
      read(ctx);
    }
  }

  private void release() {
    for (Object msg = held.poll(); msg != null; msg = held.poll()) {
      ReferenceCountUtil.release(msg);
    }
  }
}
