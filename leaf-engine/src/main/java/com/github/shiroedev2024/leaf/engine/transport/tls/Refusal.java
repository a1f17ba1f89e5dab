package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends a client's connection behind an alert: what the client still sends is read and dropped until
 * it ends too. To close at once would reset the connection, and the alert might not be seen.
 */
final class Refusal extends ChannelInboundHandlerAdapter {
  private Refusal() {}

  /**
   * @param patience after which it is closed anyway; zero: as long as the client stays
   */
  static void begin(Channel client, Duration patience) {
    if (!client.isActive()) {
      client.close();
      return;
    }
    client.pipeline().addLast(new Refusal());
    if (patience.isPositive()) {
      var timer =
          client
              .eventLoop()
              .schedule(() -> client.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
      client.closeFuture().addListener(closed -> timer.cancel(false));
    }
    client.writeAndFlush(EndOfStream.INSTANCE);
    client.config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ReferenceCountUtil.release(msg);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close(); // it is gone
  }
}
