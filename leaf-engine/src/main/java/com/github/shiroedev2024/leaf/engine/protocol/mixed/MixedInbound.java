package com.github.shiroedev2024.leaf.engine.protocol.mixed;

import com.github.shiroedev2024.leaf.engine.protocol.http.HttpInbound;
import com.github.shiroedev2024.leaf.engine.protocol.socks.SocksInbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Looks at a client's first byte and hands it to the SOCKS or the HTTP inbound of the same tag. */
public final class MixedInbound implements Inbound {
  private final String tag;
  private final SocksInbound socks;
  private final HttpInbound http;
  private final Duration timeout;
  private final Logger log;

  public MixedInbound(String tag, List<User> users, InboundContext context) {
    this.tag = tag;
    this.socks = new SocksInbound(tag, users, context);
    this.http = new HttpInbound(tag, users, context);
    this.timeout = context.options().get(EngineOptions.INBOUND_ACCEPT_TIMEOUT);
    this.log = context.logs().getLogger("leaf.mixed");
  }

  @Override
  public String tag() {
    return tag;
  }

  @Override
  public void accept(Channel client) {
    client.pipeline().addLast(new FirstByte());
  }

  /** Whose protocol begins with this byte; null for nobody's. */
  private @Nullable Inbound speaks(int first) {
    if (first == 4 || first == 5) {
      return socks;
    }
    return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z') ? http : null;
  }

  private final class FirstByte extends ChannelInboundHandlerAdapter {
    private @Nullable Future<?> deadline;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      deadline =
          ctx.channel()
              .eventLoop()
              .schedule(
                  () -> abandon(ctx, "nothing came in time"),
                  timeout.toNanos(),
                  TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (!(msg instanceof ByteBuf bytes)) {
        ctx.fireChannelRead(msg);
        return;
      }
      if (!bytes.isReadable()) {
        bytes.release();
        return;
      }
      int first = bytes.getUnsignedByte(bytes.readerIndex());
      Inbound inbound = speaks(first);
      if (inbound == null) {
        bytes.release();
        abandon(ctx, "the first byte " + first + " is neither SOCKS nor HTTP");
        return;
      }
      inbound.accept(ctx.channel());
      // Passed on before leaving: the inbound may add and remove handlers as it reads.
      ctx.fireChannelRead(bytes);
      ctx.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        ctx.close();
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      Future<?> running = deadline;
      if (running != null) {
        deadline = null;
        running.cancel(false);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      abandon(ctx, String.valueOf(cause.getMessage()));
    }

    private void abandon(ChannelHandlerContext ctx, String why) {
      log.debug("inbound '{}': closing {}: {}", tag, ctx.channel().remoteAddress(), why);
      ctx.close();
    }
  }
}
