package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One client's side of the proxy.
 *
 * <p>What was read waits in a queue. Requests are taken from it one at a time: the next one begins
 * when the response before it has been passed on, so that pipelined requests are answered in order.
 * A long queue stops reading from the client; the queue grows while the remote takes no more of a
 * body, or while a response is awaited. Each host is connected to as its first request comes and
 * let go as another host's request comes.
 *
 * <p>After CONNECT and after a switch of protocols this handler leaves the pipeline, and the relay
 * goes on with raw bytes.
 */
final class HttpProxyHandler extends ChannelInboundHandlerAdapter implements ClientReply {
  /** Bodies queued for a slow remote, in bytes, before the client is not read any more. */
  private static final int MAX_QUEUED_BYTES = 64 * 1024;

  /** The same in objects: heads of pipelined requests have no countable bytes. */
  private static final int MAX_QUEUED = 64;

  private final HttpInbound inbound;
  private final HttpRequestReader reader;
  private final ArrayDeque<HttpObject> queue = new ArrayDeque<>(4);
  private int queuedBytes;
  private boolean draining;
  private @Nullable ByteBuf raw;
  private HttpAdmission.@Nullable Tunnelled tunnel;
  private @Nullable Session tunnelSession;
  private @Nullable HttpForward forward;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ClientEnding ending;

  HttpProxyHandler(HttpInbound inbound, HttpRequestReader reader) {
    this.inbound = inbound;
    this.reader = reader;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ending = new ClientEnding(ctx);
    awaitRequest();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ending().calm();
    ByteBuf early = raw;
    raw = null;
    if (early != null && early.isReadable()) {
      ctx.fireChannelRead(early);
      ctx.fireChannelReadComplete();
    } else if (early != null) {
      early.release();
    }
    if (ending().inputEnded()) {
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  HttpInbound inbound() {
    return inbound;
  }

  ChannelHandlerContext context() {
    return Objects.requireNonNull(context, "not in a pipeline");
  }

  private ClientEnding ending() {
    return Objects.requireNonNull(ending, "not in a pipeline");
  }

  // -- from the client ---------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (ending().begun()) {
      ReferenceCountUtil.release(msg);
    } else if (msg instanceof ByteBuf bytes) {
      // Behind a CONNECT or an upgrade, where the reader has left the pipeline.
      ByteBuf before = raw;
      raw =
          before == null
              ? bytes
              : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), before, bytes);
      if (raw.readableBytes() > MAX_QUEUED_BYTES) {
        ctx.channel().config().setAutoRead(false);
      }
    } else if (msg instanceof HttpObject part) {
      queue.add(part);
      queuedBytes += size(part);
      drain();
    } else {
      ctx.fireChannelRead(msg);
    }
  }

  private static int size(HttpObject part) {
    return part instanceof HttpContent content ? content.content().readableBytes() : 0;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    HttpForward running = forward;
    if (running != null) {
      running.flush();
    }
    ctx.fireChannelReadComplete();
  }

  /** Takes from the queue what can be handled now. */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!ending().begun() && step()) {
        // the next part
      }
    } finally {
      draining = false;
    }
    if (ending().begun()) {
      releaseQueue();
    } else if (tunnelSession == null) {
      boolean room =
          queuedBytes <= MAX_QUEUED_BYTES
              && queue.size() <= MAX_QUEUED
              && (raw == null || raw.readableBytes() <= MAX_QUEUED_BYTES);
      context().channel().config().setAutoRead(room);
      endIfOver();
    }
  }

  private boolean step() {
    HttpObject part = queue.peek();
    if (part == null || tunnelSession != null) {
      return false;
    }
    HttpForward running = forward;
    if (running != null && running.busy()) {
      if (!(part instanceof HttpContent content) || !running.takes()) {
        return false;
      }
      take();
      running.body(content);
      return true;
    }
    take();
    if (part instanceof HttpRequest request) {
      begin(request);
    }
    if (part instanceof HttpContent content) {
      content.release(); // the body of a request that was answered by us
      if (part instanceof LastHttpContent && tunnel != null) {
        openTunnel(tunnel);
      }
    }
    return true;
  }

  private void take() {
    queuedBytes -= size(queue.remove());
  }

  private void begin(HttpRequest request) {
    ending().calm();
    try {
      switch (HttpAdmission.of(request, inbound.logins())) {
        case HttpAdmission.Forwarded(HttpExchange exchange) -> {
          HttpForward running = forward;
          if (running == null) {
            running = new HttpForward(this);
            forward = running;
          }
          running.begin(exchange);
        }
        case HttpAdmission.Tunnelled connect -> tunnel = connect;
        case HttpAdmission.LoginRequired login -> challenge(login);
      }
    } catch (HttpRefusal refusal) {
      refuse(refusal);
    }
  }

  private void challenge(HttpAdmission.LoginRequired login) {
    if (login.failed()) {
      inbound
          .log()
          .warn(
              "inbound '{}': {} from {}",
              inbound.tag(),
              CloseReason.AUTH_FAILED.text(),
              context().channel().remoteAddress());
    }
    reply(
        HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
        "this proxy wants a username and password",
        BasicLogin.CHALLENGE,
        login.head(),
        login.keepAlive());
  }

  // -- replies of our own ------------------------------------------------------------------------

  /** Answers in place of the server, and closes. */
  void refuse(HttpRefusal refusal) {
    HttpForward running = forward;
    inbound
        .log()
        .debug(
            "inbound '{}': {} to {}: {}",
            inbound.tag(),
            refusal.status().code(),
            context().channel().remoteAddress(),
            refusal.getMessage());
    reply(
        refusal.status(),
        String.valueOf(refusal.getMessage()),
        null,
        running != null && running.head(),
        false);
  }

  private void reply(
      HttpResponseStatus status,
      String text,
      @Nullable String field,
      boolean head,
      boolean keepAlive) {
    ChannelHandlerContext ctx = context();
    ctx.write(
        HttpEncoding.reply(ctx.alloc(), status, text, field, head, keepAlive), ctx.voidPromise());
    if (keepAlive) {
      ctx.flush();
      awaitRequest();
    } else {
      close();
    }
  }

  /** Closes after what was written. */
  void close() {
    releaseQueue();
    ending().close();
  }

  /** Breaks the connection off in the middle of a response. */
  void reset() {
    releaseQueue();
    ending().reset();
  }

  // -- tunnels -----------------------------------------------------------------------------------

  private void openTunnel(HttpAdmission.Tunnelled to) {
    stopReading();
    Channel client = context().channel();
    client.config().setAutoRead(false);
    endForward(CloseReason.FINISHED);
    Session opened = open(to.destination(), to.userId());
    tunnelSession = opened;
    inbound.dispatcher().serve(opened, client, this);
  }

  /** From here on the client's bytes are raw. */
  void stopReading() {
    if (reader(context()) != null) {
      context().pipeline().remove(reader);
    }
  }

  private @Nullable ChannelHandlerContext reader(ChannelHandlerContext ctx) {
    return ctx.pipeline().context(reader);
  }

  Session open(Destination destination, @Nullable String userId) {
    return ClientOrigin.open(
        inbound.dispatcher(), Network.TCP, inbound.tag(), context().channel(), destination, userId);
  }

  @Override
  public void granted(Channel client, Channel remote) {
    if (client.pipeline().context(this) == null) {
      return; // the client has gone, and its handlers with it
    }
    context().writeAndFlush(HttpEncoding.connected(), context().voidPromise());
    client.pipeline().remove(this);
  }

  @Override
  public void refused(Channel client, SessionException cause) {
    if (client.pipeline().context(this) == null) {
      client.close();
    } else {
      tunnelSession = null;
      refuse(HttpRefusal.of(cause));
    }
  }

  /** The server has switched protocols: both pipelines go to the relay. */
  void switchProtocols(HttpUpstream upstream) {
    Channel client = context().channel();
    tunnelSession = upstream.session();
    forward = null;
    client.config().setAutoRead(false);
    inbound
        .dispatcher()
        .relay(
            upstream.session(),
            client,
            upstream.channel(),
            new ClientReply() {
              @Override
              public void granted(Channel to, Channel remote) {
                upstream.leave();
                to.pipeline().remove(HttpProxyHandler.this);
              }

              @Override
              public void refused(Channel to, SessionException cause) {
                to.close();
              }
            });
  }

  // -- life --------------------------------------------------------------------------------------

  /** The exchange is over; the next request may come. */
  void exchangeDone(boolean keepAlive) {
    if (!keepAlive) {
      close();
      return;
    }
    if (queue.isEmpty()) {
      awaitRequest();
    }
    drain();
  }

  private void endIfOver() {
    HttpForward running = forward;
    if (!ending().inputEnded() || (running != null && running.busy() && running.requestDone())) {
      return;
    }
    if (queue.isEmpty()) {
      close(); // no request can follow, or the one that began will never be whole
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelInputShutdownEvent.INSTANCE) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    ending().inputEnds();
    if (!ending().begun() && tunnelSession == null) {
      HttpForward running = forward;
      if (running != null && running.busy()) {
        running.watch();
      }
      endIfOver();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    HttpForward running = forward;
    if (ctx.channel().isWritable() && running != null) {
      running.clientWritable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ending().closed();
    releaseQueue();
    ByteBuf early = raw;
    raw = null;
    if (early != null) {
      early.release();
    }
    endForward(CloseReason.CLIENT_GONE);
    Session waiting = tunnelSession;
    if (waiting != null) {
      waiting.end(CloseReason.CLIENT_GONE, null);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    inbound
        .log()
        .debug(
            "inbound '{}': closing {}: {}",
            inbound.tag(),
            ctx.channel().remoteAddress(),
            String.valueOf(cause.getMessage()));
    ctx.close();
  }

  private void endForward(CloseReason reason) {
    HttpForward running = forward;
    if (running != null) {
      forward = null;
      running.end(reason);
    }
  }

  private void releaseQueue() {
    queue.forEach(ReferenceCountUtil::release);
    queue.clear();
    queuedBytes = 0;
  }

  private void awaitRequest() {
    ending().after(inbound.requestTimeout(), this::tooLate);
  }

  private void tooLate() {
    Channel client = context().channel();
    inbound
        .log()
        .debug(
            "inbound '{}': closing {}: no request came in time",
            inbound.tag(),
            client.remoteAddress());
    client.close();
  }
}
