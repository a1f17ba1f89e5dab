package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The ways in which a client's connection ends, and the one deadline that may be running. */
final class ClientEnding {
  /** How long a client may go on sending what nobody reads after its last reply. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** How long a slow client may take for the last bytes of its last reply. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChannelHandlerContext ctx;
  private @Nullable Future<?> deadline;
  private boolean inputEnded;
  private boolean begun;

  ClientEnding(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /** Whether nothing more is taken from the client. */
  boolean begun() {
    return begun;
  }

  /** Whether the client has ended its side. */
  boolean inputEnded() {
    return inputEnded;
  }

  /** The client has ended its side. */
  void inputEnds() {
    inputEnded = true;
    if (begun) {
      ctx.close();
    }
  }

  /**
   * Ends our side after what was written, and reads on for a moment: a connection that is closed
   * with unread bytes is reset, and the client might never see the reply.
   */
  void close() {
    if (begun) {
      return;
    }
    begun = true;
    Channel client = ctx.channel();
    after(PATIENCE, client::close);
    ctx.writeAndFlush(EndOfStream.INSTANCE)
        .addListener(
            written -> {
              if (inputEnded || !written.isSuccess()) {
                client.close();
              } else {
                after(LINGER, client::close);
              }
            });
    client.config().setAutoRead(true);
  }

  /** Breaks the connection off, so that the client sees that the response is not whole. */
  void reset() {
    begun = true;
    Channel client = ctx.channel();
    client.flush();
    if (client instanceof SocketChannel) {
      client.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    client.close();
  }

  /** The connection is closed. */
  void closed() {
    begun = true;
    calm();
  }

  /** Sets the deadline, in place of the one before. */
  void after(Duration time, Runnable act) {
    calm();
    deadline = ctx.channel().eventLoop().schedule(act, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes the deadline back. */
  void calm() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
