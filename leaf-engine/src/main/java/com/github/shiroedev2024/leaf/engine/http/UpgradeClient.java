package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Path;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Connecting;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.PendingWriteQueue;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a switch from HTTP/1.1 to another protocol: one request, one answer, then it
 * leaves the pipeline to the stream's own handler.
 *
 * <p>With early data the stream is handed up before the request has gone: the first bytes that are
 * flushed within {@link #EARLY_WAIT_MILLIS} go in it, what does not fit waits for the answer and
 * counts as unwritten. A handshake that fails then is an exception at the tail.
 *
 * <p>Bytes that came glued to the answer wait here until somebody reads.
 */
public final class UpgradeClient extends ChannelDuplexHandler {
  /** What is asked for, and what comes after it. One for each connection. */
  public interface Upgrade {
    /**
     * The whole head of the request.
     *
     * @param early bytes that go in it; empty for none
     */
    String request(byte[] early);

    /** What is wrong with a 101 answer, or null when it is right; completes "the server …". */
    @Nullable String fault(Head answer);

    /** The handler of the stream, or null when it needs none. */
    @Nullable ChannelDuplexHandler stream();
  }

  /** How long a request waits for bytes to go with it, for servers that speak first. */
  static final long EARLY_WAIT_MILLIS = 10;

  private static final int SWITCHING = 101;

  private final Upgrade upgrade;
  private final String peer;
  private final Duration timeout;
  private final int maxEarly;
  private final Promise<Channel> ready;
  private final Outbound hop;
  private final HeadReader reader = new HeadReader();
  private @Nullable PendingWriteQueue waiting;
  private @Nullable Future<?> earlyWait;
  private @Nullable Future<?> deadline;
  private @Nullable ByteBuf glued;
  private boolean done;
  private boolean ended;
  private boolean asked;

  /**
   * Added to a connected channel it begins at once.
   *
   * @param peer what to call the server in failures
   * @param maxEarly bytes that may go in the request; 0: the stream is ready when the answer is
   *     there
   * @param ready is completed with the channel, or fails
   * @param hop what the channel has then passed
   */
  public UpgradeClient(
      Upgrade upgrade,
      String peer,
      Duration timeout,
      int maxEarly,
      Promise<Channel> ready,
      Outbound hop) {
    this.upgrade = upgrade;
    this.peer = peer;
    this.timeout = timeout;
    this.maxEarly = maxEarly;
    this.ready = ready;
    this.hop = hop;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    waiting = new PendingWriteQueue(ctx);
    if (maxEarly == 0) {
      request(ctx);
      return;
    }
    earlyWait =
        ctx.executor().schedule(() -> request(ctx), EARLY_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    deliver(ctx);
  }

  private void deliver(ChannelHandlerContext ctx) {
    Path.passed(ctx.channel(), hop);
    Connecting.deliver(ready, ctx.channel());
  }

  private PendingWriteQueue waiting() {
    return Objects.requireNonNull(waiting);
  }

  private void request(ChannelHandlerContext ctx) {
    cancel(earlyWait);
    earlyWait = null;
    List<ChannelPromise> carried = new ArrayList<>();
    String head = upgrade.request(early(ctx, carried));
    deadline =
        ctx.executor()
            .schedule(
                () ->
                    fail(
                        ctx,
                        CloseReason.HANDSHAKE_TIMEOUT,
                        "did not finish the handshake within " + timeout.toMillis() + " ms"),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
    ByteBuf bytes = ctx.alloc().buffer(head.length());
    bytes.writeCharSequence(head, StandardCharsets.ISO_8859_1);
    ctx.writeAndFlush(bytes)
        .addListener(
            sent -> {
              for (ChannelPromise each : carried) {
                if (sent.isSuccess()) {
                  each.trySuccess();
                } else {
                  each.tryFailure(sent.cause());
                }
              }
            });
    ctx.read();
  }

  /** Takes what may go in the request out of what waits. */
  private byte[] early(ChannelHandlerContext ctx, List<ChannelPromise> carried) {
    if (waiting().isEmpty()) {
      return new byte[0];
    }
    ByteBuf early = ctx.alloc().buffer(maxEarly);
    while (waiting().current() instanceof ByteBuf next) {
      early.writeBytes(next, Math.min(next.readableBytes(), maxEarly - early.readableBytes()));
      if (next.isReadable()) {
        break;
      }
      carried.add(waiting().remove());
    }
    byte[] bytes = ByteBufUtil.getBytes(early);
    early.release();
    return bytes;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (done) {
      ctx.write(msg, promise);
    } else {
      waiting().add(msg, promise);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (done) {
      ctx.flush();
    } else if (earlyWait != null && !waiting().isEmpty()) {
      request(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(msg);
      return;
    }
    if (done) {
      ByteBuf before = glued;
      if (before == null) {
        ReferenceCountUtil.release(msg); // failed
      } else {
        glued = Unpooled.wrappedBuffer(before, bytes);
      }
      return;
    }
    try {
      Head answer = reader.read(bytes);
      if (answer == null) {
        bytes.release();
      } else {
        answered(ctx, answer, bytes);
      }
    } catch (HeadFormatException e) {
      bytes.release();
      fail(
          ctx,
          CloseReason.PROTOCOL_ERROR,
          "answered with something else: the head " + e.getMessage());
    }
  }

  private void answered(ChannelHandlerContext ctx, Head answer, ByteBuf rest) {
    if (!answer.first().startsWith("HTTP/1.") || !answer.second().equals("" + SWITCHING)) {
      rest.release();
      fail(
          ctx,
          CloseReason.HANDSHAKE_FAILED,
          "answered '"
              + (answer.first() + " " + answer.second() + " " + answer.third()).strip()
              + "' instead of switching protocols; check path and host");
      return;
    }
    String fault = upgrade.fault(answer);
    if (fault != null) {
      rest.release();
      fail(ctx, CloseReason.HANDSHAKE_FAILED, fault);
      return;
    }
    done = true;
    cancel(deadline);
    if (rest.isReadable()) {
      glued = rest;
    } else {
      rest.release();
    }
    open(ctx);
  }

  /** Lets through what waited, hands the stream up, and leaves if nothing has to wait. */
  private void open(ChannelHandlerContext ctx) {
    ChannelDuplexHandler stream = upgrade.stream();
    ChannelHandlerContext above = null;
    if (stream != null) {
      String name = ctx.name() + "-stream";
      ctx.pipeline().addAfter(ctx.name(), name, stream);
      above = ctx.pipeline().context(name);
    }
    try {
      while (!waiting().isEmpty()) {
        Object msg = ReferenceCountUtil.retain(waiting().current());
        ChannelPromise promise = waiting().remove();
        if (stream != null && above != null) {
          stream.write(above, msg, promise);
        } else {
          ctx.write(msg, promise);
        }
      }
    } catch (Exception e) {
      ctx.fireExceptionCaught(e);
      ctx.close();
      return;
    }
    ctx.flush();
    if (maxEarly == 0) {
      deliver(ctx);
    }
    if (ctx.isRemoved()) {
      return;
    }
    if (glued == null) {
      if (asked && !ctx.channel().config().isAutoRead()) {
        ctx.read(); // the one read that was asked for has brought the answer only
      }
      ctx.pipeline().remove(this);
    } else if (asked || ctx.channel().config().isAutoRead()) {
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!done) {
      ctx.read();
    }
  }

  /** Somebody reads: what came early goes first. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    asked = true;
    if (done && glued != null) {
      ctx.pipeline().remove(this);
    }
    ctx.read();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancel(earlyWait);
    cancel(deadline);
    if (!waiting().isEmpty()) {
      waiting().removeAndFailAll(new ClosedChannelException());
    }
    ByteBuf early = glued;
    glued = null;
    if (early != null) {
      if (ctx.channel().isActive()) {
        ctx.fireChannelRead(early);
        ctx.fireChannelReadComplete();
      } else {
        early.release();
      }
    }
    if (ended) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      if (!done) {
        closed(ctx);
      } else {
        ended = true; // behind what still waits here
      }
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!done) {
      closed(ctx);
    }
    ctx.fireChannelInactive();
  }

  private void closed(ChannelHandlerContext ctx) {
    fail(ctx, CloseReason.HANDSHAKE_CLOSED, "closed the connection during the handshake");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (done) {
      ctx.fireExceptionCaught(cause);
    } else {
      SessionException known = SessionException.of(cause, CloseReason.HANDSHAKE_FAILED);
      fail(ctx, known.reason(), "failed during the handshake: " + known.getMessage());
    }
  }

  private void fail(ChannelHandlerContext ctx, CloseReason reason, String what) {
    if (done) {
      return;
    }
    done = true;
    cancel(earlyWait);
    cancel(deadline);
    SessionException failure = new SessionException(reason, peer + " " + what);
    if (ready.isDone()) {
      waiting().removeAndFailAll(failure);
      ctx.fireExceptionCaught(failure);
      ctx.close();
    } else {
      ready.tryFailure(failure);
    }
  }

  private static void cancel(@Nullable Future<?> running) {
    if (running != null) {
      running.cancel(false);
    }
  }
}
