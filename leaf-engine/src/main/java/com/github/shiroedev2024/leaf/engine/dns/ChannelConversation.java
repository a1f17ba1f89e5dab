package com.github.shiroedev2024.leaf.engine.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation over a channel that may still have to be opened. On the channel's loop. */
final class ChannelConversation implements ServerPath.Conversation {
  private static final int MAX_MESSAGE = 65_535;

  private final ServerPath.Listener listener;
  private final List<ByteBuf> waiting = new ArrayList<>(1);
  private @Nullable Channel channel;
  private boolean closed;

  ChannelConversation(ServerPath.Listener listener) {
    this.listener = listener;
  }

  /**
   * The channel is open; its messages are whole {@code ByteBuf}s, or a byte stream when {@code
   * framed}.
   */
  void opened(Channel opened, boolean framed) {
    if (closed) {
      opened.close();
      return;
    }
    channel = opened;
    if (framed) {
      opened
          .pipeline()
          .addLast(
              new LengthFieldBasedFrameDecoder(MAX_MESSAGE + 2, 0, 2, 0, 2),
              new LengthFieldPrepender(2));
    }
    opened.pipeline().addLast(new Incoming());
    opened.config().setAutoRead(true);
    waiting.forEach(this::send);
    waiting.clear();
  }

  /** It could not be opened, or broke. */
  void failed(Throwable cause) {
    if (!closed) {
      close();
      listener.failed(cause);
    }
  }

  @Override
  public void send(ByteBuf message) {
    if (closed) {
      message.release();
    } else if (channel == null) {
      waiting.add(message);
    } else {
      channel
          .writeAndFlush(message)
          .addListener(
              sent -> {
                if (!sent.isSuccess()) {
                  failed(sent.cause());
                }
              });
    }
  }

  @Override
  public void close() {
    closed = true;
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    if (channel != null) {
      channel.close();
    }
  }

  private final class Incoming extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      if (!closed) {
        listener.received(message);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      failed(new IOException("the server closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(cause);
    }
  }
}
