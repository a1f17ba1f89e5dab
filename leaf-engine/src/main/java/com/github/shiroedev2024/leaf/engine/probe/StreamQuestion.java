package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/** Asks over a stream. */
final class StreamQuestion extends SimpleChannelInboundHandler<ByteBuf> {
  private final Exchange exchange;
  private final Answer answer;

  StreamQuestion(Exchange exchange, Answer answer) {
    this.exchange = exchange;
    this.answer = answer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ByteBuf question = ctx.alloc().buffer();
    exchange.ask(question);
    ctx.writeAndFlush(question)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                exceptionCaught(ctx, done.cause());
              }
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
    switch (exchange.answer(in)) {
      case RIGHT -> answer.right();
      case WRONG -> answer.wrong(CloseReason.PROTOCOL_ERROR, exchange.fault());
      case MORE -> {}
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answer.wrong(CloseReason.REMOTE_RESET, "the connection was closed without an answer");
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      answer.wrong(CloseReason.REMOTE_RESET, "the connection was closed without an answer");
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SessionException known = SessionException.of(cause, CloseReason.HANDSHAKE_FAILED);
    answer.wrong(known.reason(), String.valueOf(known.getMessage()));
  }
}
