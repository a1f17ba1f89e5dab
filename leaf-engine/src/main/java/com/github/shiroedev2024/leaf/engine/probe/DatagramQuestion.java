package com.github.shiroedev2024.leaf.engine.probe;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;

/** Asks over an association. */
final class DatagramQuestion extends SimpleChannelInboundHandler<Datagram> {
  private final Destination destination;
  private final Exchange exchange;
  private final Answer answer;

  DatagramQuestion(Destination destination, Exchange exchange, Answer answer) {
    this.destination = destination;
    this.exchange = exchange;
    this.answer = answer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ByteBuf question = ctx.alloc().buffer();
    exchange.ask(question);
    ctx.writeAndFlush(new Datagram(destination, question))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                exceptionCaught(ctx, done.cause());
              }
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Datagram in) {
    switch (exchange.answer(in.content())) {
      case RIGHT -> answer.right();
      case WRONG -> answer.wrong(CloseReason.PROTOCOL_ERROR, exchange.fault());
      case MORE -> {}
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answer.wrong(CloseReason.REMOTE_RESET, "the association was closed without an answer");
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    SessionException known = SessionException.of(cause, CloseReason.PROTOCOL_ERROR);
    answer.wrong(known.reason(), String.valueOf(known.getMessage()));
  }
}
