package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a switch from HTTP/1.1 to another protocol: reads one request, then leaves
 * the pipeline to the stream's own handler and the next part of the chain.
 *
 * <p>Whoever asks for something else is answered as by a web server that has nothing there, and
 * what they send after that is read and dropped until they close or their time is up: no reset
 * tells them what listens here.
 */
public final class UpgradeServer extends ChannelInboundHandlerAdapter {
  /** What a request gets. */
  public sealed interface Verdict {
    /**
     * @param status code and words, such as {@code 404 Not Found}
     */
    record Refused(String status) implements Verdict {}

    /**
     * @param answer the whole head of the answer
     * @param early bytes that came in the request, the first of the stream
     * @param stream the handler of the stream, or null when it needs none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Accepted(String answer, byte[] early, @Nullable ChannelDuplexHandler stream)
        implements Verdict {}

    Verdict NOT_FOUND = new Refused("404 Not Found");
    Verdict BAD_REQUEST = new Refused("400 Bad Request");
  }

  private enum State {
    HEAD,
    REFUSED,
    DONE
  }

  private final Function<Head, Verdict> judge;
  private final EngineOptions options;
  private final Consumer<Channel> next;
  private final HeadReader reader = new HeadReader();
  private State state = State.HEAD;
  private @Nullable Future<?> deadline;

  /**
   * @param next is given the channel when it has become a stream
   */
  public UpgradeServer(
      Function<Head, Verdict> judge, EngineOptions options, Consumer<Channel> next) {
    this.judge = judge;
    this.options = options;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor()
            .schedule(
                () -> {
                  ctx.close();
                },
                options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT).toNanos(),
                TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || state != State.HEAD) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      Head request = reader.read(bytes);
      if (request == null) {
        bytes.release();
        return;
      }
      Verdict verdict =
          request.third().startsWith("HTTP/1.") ? judge.apply(request) : Verdict.BAD_REQUEST;
      switch (verdict) {
        case Verdict.Accepted accepted -> accept(ctx, request, accepted, bytes);
        case Verdict.Refused refused -> {
          bytes.release();
          refuse(ctx, refused.status());
        }
      }
    } catch (HeadFormatException e) {
      bytes.release();
      refuse(ctx, ((Verdict.Refused) Verdict.BAD_REQUEST).status());
    }
  }

  private void accept(
      ChannelHandlerContext ctx, Head request, Verdict.Accepted accepted, ByteBuf rest) {
    state = State.DONE;
    endDeadline();
    Channel client = ctx.channel();
    Forwarded.note(client, request.joined(options.get(EngineOptions.HTTP_FORWARDED_HEADER)));
    ctx.writeAndFlush(PlainAnswer.text(ctx, accepted.answer()), ctx.voidPromise());
    ChannelHandlerContext stream = ctx;
    if (accepted.stream() != null) {
      String name = ctx.name() + "-stream";
      ctx.pipeline().addAfter(ctx.name(), name, accepted.stream());
      stream = ctx.pipeline().context(name);
    }
    next.accept(client);
    if (accepted.early().length > 0) {
      stream.fireChannelRead(Unpooled.wrappedBuffer(accepted.early()));
    }
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest);
    } else {
      rest.release();
    }
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private void refuse(ChannelHandlerContext ctx, String status) {
    state = State.REFUSED;
    PlainAnswer.write(ctx, status);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && state != State.DONE) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endDeadline();
    ctx.fireChannelInactive();
  }

  /** A client that is gone before it became anybody's stream is nobody's failure. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (state == State.DONE) {
      ctx.fireExceptionCaught(cause);
    } else {
      ctx.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endDeadline();
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
