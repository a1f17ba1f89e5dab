package com.github.shiroedev2024.leaf.engine.codec;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The server's side of a protocol whose clients begin with one request, from the first byte until
 * the stream is raw.
 *
 * <p>It must not tell a prober that it is there. Bytes that are no valid request are handed, all
 * and unchanged, to the fallback server if there is one; else they are read and thrown away until
 * the peer closes or {@code INBOUND_ACCEPT_TIMEOUT} has passed since the stream came. Both are the
 * same for every kind of fault: garbage, an unknown key, a request cut short.
 */
public abstract class ServerHandshake extends ChannelInboundHandlerAdapter implements ClientReply {
  /** What the handshakes of one inbound have in common. */
  public record Server(String tag, Dispatcher dispatcher, Duration timeout, Logger log) {
    /**
     * @param logger the name of the protocol's logger
     */
    public static Server of(String tag, InboundContext context, String logger) {
      return new Server(
          tag,
          context.dispatcher(),
          context.options().get(EngineOptions.INBOUND_ACCEPT_TIMEOUT),
          context.logs().getLogger(logger));
    }
  }

  private enum State {
    /** The request has not come whole. */
    REQUEST,
    /** Waits for the remote; what the client sends early is kept. */
    CONNECTING,
    /** Waits for the fallback server. */
    FALLING_BACK,
    /** Reads and throws away. */
    DRAINING,
    /** Handed over, or closed. */
    DONE
  }

  private final Server server;
  private final @Nullable Destination fallback;
  private State state = State.REQUEST;
  private @Nullable ByteBuf pending;
  private @Nullable Session session;
  private @Nullable Future<?> deadline;
  private boolean inputEnded;

  /**
   * @param fallback who gets what is no valid request; null: nobody
   */
  protected ServerHandshake(Server server, @Nullable Destination fallback) {
    this.server = server;
    this.fallback = fallback;
  }

  /**
   * Looks for the request in all that has come. Consumes nothing until the request is whole, and
   * then the request only; calls one of {@link #connect}, {@link #hand}, {@link #refuse} and {@link
   * #reject}, or none when more bytes are needed.
   */
  protected abstract void request(ChannelHandlerContext ctx, ByteBuf in);

  /** What goes to the client in front of all that the remote sends. */
  protected byte[] answer() {
    return new byte[0];
  }

  /** Connects the client to where it wants to go. */
  protected final void connect(
      ChannelHandlerContext ctx, Destination destination, @Nullable String userId) {
    endDeadline();
    open(ctx, State.CONNECTING, destination, userId);
  }

  private void open(
      ChannelHandlerContext ctx, State as, Destination destination, @Nullable String userId) {
    state = as;
    Channel client = ctx.channel();
    client.config().setAutoRead(false);
    Session opened =
        ClientOrigin.open(
            server.dispatcher(), Network.TCP, server.tag(), client, destination, userId);
    session = opened;
    server.dispatcher().serve(opened, client, this);
  }

  /** Gives the stream, from behind the request on, to these handlers. */
  protected final void hand(ChannelHandlerContext ctx, ChannelHandler... handlers) {
    endDeadline();
    state = State.DONE;
    ctx.pipeline().addLast(handlers);
    accept(ctx);
  }

  /** The bytes are no valid request. */
  protected final void refuse(ChannelHandlerContext ctx, String why) {
    server
        .log()
        .info(
            "inbound '{}': {}: {}, {}",
            server.tag(),
            ClientOrigin.source(ctx.channel()),
            why,
            fallback == null ? "answering nothing" : "on to the fallback");
    if (fallback == null) {
      drain(ctx);
    } else {
      open(ctx, State.FALLING_BACK, fallback, null);
    }
  }

  /** Closes on a client that is known but asks for what cannot be done. */
  protected final void reject(ChannelHandlerContext ctx, String why) {
    server
        .log()
        .warn(
            "inbound '{}': closing {}: {}", server.tag(), ClientOrigin.source(ctx.channel()), why);
    release();
    close(ctx);
  }

  private void drain(ChannelHandlerContext ctx) {
    state = State.DRAINING;
    release();
    if (inputEnded) {
      close(ctx);
      return;
    }
    if (deadline == null) {
      startDeadline(ctx);
    }
    ctx.channel().config().setAutoRead(true);
  }

  private void close(ChannelHandlerContext ctx) {
    state = State.DONE;
    ctx.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    startDeadline(ctx);
  }

  private void startDeadline(ChannelHandlerContext ctx) {
    deadline =
        ctx.channel()
            .eventLoop()
            .schedule(() -> late(ctx), server.timeout().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void late(ChannelHandlerContext ctx) {
    deadline = null;
    if (state == State.REQUEST && fallback != null && pending != null) {
      refuse(ctx, CloseReason.HANDSHAKE_TIMEOUT.text());
    } else if (state == State.REQUEST || state == State.DRAINING) {
      server
          .log()
          .debug(
              "inbound '{}': {}: {}",
              server.tag(),
              ClientOrigin.source(ctx.channel()),
              CloseReason.HANDSHAKE_TIMEOUT.text());
      close(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf bytes) || state == State.DRAINING || state == State.DONE) {
      ReferenceCountUtil.release(msg);
      return;
    }
    ByteBuf before = pending;
    ByteBuf all =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
    pending = all;
    if (state == State.REQUEST) {
      request(ctx, all);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endDeadline();
    ByteBuf early = pending;
    pending = null;
    if (early != null && early.isReadable()) {
      ctx.fireChannelRead(early);
      ctx.fireChannelReadComplete();
    } else if (early != null) {
      early.release();
    }
    if (inputEnded) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void granted(Channel client, Channel remote) {
    ChannelHandlerContext ctx = client.pipeline().context(this);
    if (ctx == null) {
      return; // the client has gone, and its handlers with it
    }
    State was = state;
    state = State.DONE;
    if (was == State.CONNECTING) {
      accept(ctx);
    } else {
      client.pipeline().remove(this);
    }
  }

  /** Who is sent to the fallback is a stranger, whose bytes must lead nowhere else. */
  @Override
  public boolean mayComeFirst() {
    return state != State.FALLING_BACK;
  }

  private void accept(ChannelHandlerContext ctx) {
    byte[] answer = answer();
    if (answer.length > 0) {
      ctx.pipeline().addBefore(ctx.name(), null, LeadingBytes.answer(answer));
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void refused(Channel client, SessionException cause) {
    ChannelHandlerContext ctx = client.pipeline().context(this);
    if (ctx == null) {
      client.close();
    } else if (state == State.FALLING_BACK) {
      server
          .log()
          .warn(
              "inbound '{}': the fallback {} cannot be reached: {}",
              server.tag(),
              fallback,
              cause.getMessage());
      drain(ctx);
    } else {
      close(ctx); // these protocols have no word for it
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    inputEnded = true;
    if (state == State.REQUEST && pending != null) {
      refuse(ctx, "the request is cut short");
    } else if (state == State.REQUEST || state == State.DRAINING) {
      close(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    endDeadline();
    release();
    state = State.DONE;
    Session waiting = session;
    if (waiting != null) {
      waiting.end(CloseReason.CLIENT_GONE, null);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    server
        .log()
        .debug(
            "inbound '{}': closing {}: {}",
            server.tag(),
            ClientOrigin.source(ctx.channel()),
            String.valueOf(cause.getMessage()));
    close(ctx);
  }

  private void release() {
    ByteBuf rest = pending;
    pending = null;
    if (rest != null) {
      rest.release();
    }
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
