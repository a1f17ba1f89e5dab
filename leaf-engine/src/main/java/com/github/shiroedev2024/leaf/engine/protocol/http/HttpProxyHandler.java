package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
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

  /** How long a client may go on sending what nobody reads after its last reply. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** How long a slow client may take for the last bytes of its last reply. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpInbound inbound;
  private final HttpRequestReader reader;
  private final ArrayDeque<HttpObject> queue = new ArrayDeque<>(4);
  private int queuedBytes;
  private boolean draining;
  private @Nullable ByteBuf raw;
  private boolean inputEnded;
  private boolean closing;
  private @Nullable Future<?> deadline;
  private @Nullable Destination tunnel;
  private @Nullable String tunnelUser;
  private @Nullable Session tunnelSession;
  private @Nullable HttpForward forward;
  private @Nullable ChannelHandlerContext context;

  HttpProxyHandler(HttpInbound inbound, HttpRequestReader reader) {
    this.inbound = inbound;
    this.reader = reader;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    awaitRequest();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    endDeadline();
    ByteBuf early = raw;
    raw = null;
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

  HttpInbound inbound() {
    return inbound;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }

  // -- from the client ---------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (closing) {
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
      while (!closing && step()) {
        // the next part
      }
    } finally {
      draining = false;
    }
    if (closing) {
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
    endDeadline();
    try {
      decoded(request.decoderResult());
      if (request.protocolVersion().majorVersion() != 1) {
        throw new HttpRefusal(
            HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this proxy speaks HTTP/1.1");
      }
      long framing = HttpFields.framing(request);
      boolean connect = request.method().equals(HttpMethod.CONNECT);
      String userId = null;
      if (inbound.logins().required()) {
        User user = BasicLogin.check(inbound.logins(), request.headers());
        if (user == null) {
          challenge(request, framing, connect);
          return;
        }
        userId = user.shownId();
      }
      if (connect) {
        if (framing != HttpFields.NO_LENGTH && framing != 0) {
          throw new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "CONNECT with a body");
        }
        tunnel = HttpTarget.authority(request.uri());
        tunnelUser = userId;
        return;
      }
      HttpTarget target = HttpTarget.absolute(request.method(), request.uri());
      String upgrade =
          framing == HttpFields.NO_LENGTH ? HttpFields.upgrade(request.headers()) : null;
      HttpForward running = forward;
      if (running == null) {
        running = new HttpForward(this);
        forward = running;
      }
      running.begin(new HttpExchange(request, target, userId, framing, upgrade));
    } catch (HttpRefusal refusal) {
      refuse(refusal);
    }
  }

  private static void decoded(DecoderResult result) throws HttpRefusal {
    if (result.isSuccess()) {
      return;
    }
    Throwable cause = result.cause();
    if (cause instanceof TooLongHttpLineException) {
      throw new HttpRefusal(
          HttpResponseStatus.REQUEST_URI_TOO_LONG,
          "the request line is longer than " + HttpRequestReader.MAX_HEAD + " bytes");
    }
    if (cause instanceof TooLongFrameException) {
      throw new HttpRefusal(
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          "the header is longer than " + HttpRequestReader.MAX_HEAD + " bytes");
    }
    throw new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "this is not an HTTP request");
  }

  private void challenge(HttpRequest request, long framing, boolean connect) {
    if (request.headers().contains("proxy-authorization")) {
      inbound
          .log()
          .warn(
              "inbound '{}': {} from {}",
              inbound.tag(),
              CloseReason.AUTH_FAILED.text(),
              context().channel().remoteAddress());
    }
    // Behind a refused CONNECT may follow anything; a body would have to be read to its end.
    boolean keep = !connect && framing == HttpFields.NO_LENGTH && HttpFields.keepAlive(request);
    reply(
        HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED,
        "this proxy wants a username and password",
        BasicLogin.CHALLENGE,
        request.method().equals(HttpMethod.HEAD),
        keep);
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

  /**
   * Ends our side after what was written, and reads on for a moment: a connection that is closed
   * with unread bytes is reset, and the client might never see the reply.
   */
  void close() {
    if (closing) {
      return;
    }
    closing = true;
    releaseQueue();
    ChannelHandlerContext ctx = context();
    Channel client = ctx.channel();
    closeAfter(client, PATIENCE);
    ctx.writeAndFlush(EndOfStream.INSTANCE)
        .addListener(
            written -> {
              if (inputEnded || !written.isSuccess()) {
                client.close();
              } else {
                closeAfter(client, LINGER);
              }
            });
    client.config().setAutoRead(true);
  }

  private void closeAfter(Channel client, Duration time) {
    endDeadline();
    deadline =
        client.eventLoop().schedule(() -> client.close(), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Breaks the connection off, so that the client sees that the response is not whole. */
  void reset() {
    closing = true;
    releaseQueue();
    Channel client = context().channel();
    client.flush();
    if (client instanceof SocketChannel) {
      client.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    client.close();
  }

  // -- tunnels -----------------------------------------------------------------------------------

  private void openTunnel(Destination to) {
    stopReading();
    Channel client = context().channel();
    client.config().setAutoRead(false);
    endForward(CloseReason.FINISHED);
    Session opened = open(to, tunnelUser);
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
    Channel client = context().channel();
    return inbound
        .dispatcher()
        .open(
            Network.TCP,
            inbound.tag(),
            (InetSocketAddress) client.remoteAddress(),
            destination,
            userId,
            client.eventLoop());
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
    if (!inputEnded || (running != null && running.busy() && running.requestDone())) {
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
    inputEnded = true;
    if (closing) {
      ctx.close();
    } else if (tunnelSession == null) {
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
    closing = true;
    endDeadline();
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
    endDeadline();
    ChannelHandlerContext ctx = context();
    deadline =
        ctx.channel()
            .eventLoop()
            .schedule(
                () -> {
                  inbound
                      .log()
                      .debug(
                          "inbound '{}': closing {}: no request came in time",
                          inbound.tag(),
                          ctx.channel().remoteAddress());
                  ctx.close();
                },
                inbound.requestTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void endDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      deadline = null;
      running.cancel(false);
    }
  }
}
