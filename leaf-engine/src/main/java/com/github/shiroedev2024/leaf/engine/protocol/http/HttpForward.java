package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Forwards one client's requests, one exchange at a time, over one connection at a time. The
 * connection is kept for the next request to the same destination.
 */
final class HttpForward implements HttpUpstream.Listener {
  private final HttpProxyHandler client;
  private @Nullable HttpExchange exchange;
  private @Nullable HttpUpstream upstream;
  private @Nullable Future<Channel> connecting;
  private @Nullable Session connectingSession;

  HttpForward(HttpProxyHandler client) {
    this.client = client;
  }

  /** Whether an exchange is going on. */
  boolean busy() {
    return exchange != null;
  }

  boolean requestDone() {
    HttpExchange running = exchange;
    return running != null && running.requestDone;
  }

  /** Whether our own reply would answer a HEAD. */
  boolean head() {
    HttpExchange running = exchange;
    return running != null && running.head;
  }

  /** Whether the next part of the request's body can go out now. */
  boolean takes() {
    HttpExchange running = exchange;
    HttpUpstream to = upstream;
    return running != null
        && running.forwarding
        && !running.requestDone
        && to != null
        && to.writable();
  }

  // -- request -----------------------------------------------------------------------------------

  void begin(HttpExchange next) {
    exchange = next;
    HttpHeaders headers = next.request.headers();
    HttpFields.removeHopByHop(headers);
    headers.set(HttpHeaderNames.HOST, next.target.authority());
    if (next.framing == HttpFields.CHUNKED) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    if (next.upgrade != null) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, next.upgrade);
    }
    HttpUpstream kept = upstream;
    if (kept != null && kept.serves(next.target.destination(), next.userId)) {
      send(next, kept);
      return;
    }
    if (kept != null) {
      upstream = null;
      kept.end(CloseReason.FINISHED, null);
    }
    connect(next);
  }

  private void connect(HttpExchange next) {
    Session session = client.open(next.target.destination(), next.userId);
    connectingSession = session;
    Future<Channel> future = client.inbound().dispatcher().connect(session);
    if (!future.isDone()) {
      connecting = future;
      session.onEnd(
          reason -> {
            String detail = session.closeDetail();
            failed(session, new SessionException(reason, detail == null ? reason.text() : detail));
            future.cancel(false);
          });
    }
    future.addListener(
        (Future<Channel> done) -> {
          if (!done.isSuccess()) {
            failed(session, SessionException.of(done.cause(), CloseReason.INTERNAL_ERROR));
          } else if (connectingSession != session || session.closeReason() != null) {
            done.getNow().close();
            session.end(CloseReason.CLIENT_GONE, null);
          } else {
            connected(next, session, done.getNow());
          }
        });
  }

  private void connected(HttpExchange next, Session session, Channel channel) {
    connecting = null;
    connectingSession = null;
    HttpUpstream opened = new HttpUpstream(session, channel, this);
    upstream = opened;
    opened.open();
    send(next, opened);
    client.drain();
    flush();
  }

  private void failed(Session session, SessionException cause) {
    if (connectingSession != session) {
      return;
    }
    connecting = null;
    connectingSession = null;
    client.refuse(HttpRefusal.of(cause));
    exchange = null;
  }

  private void send(HttpExchange next, HttpUpstream to) {
    next.reused =
        to.begin(HttpEncoding.request(alloc(), next.request, next.target.path()), next.head);
    next.forwarding = true;
    if (next.requestDone) {
      to.flush(); // sent again: its end had been read before
    }
    to.readIfWanted();
  }

  /** One part of the request's body; takes ownership. */
  void body(HttpContent content) {
    HttpExchange running = exchange;
    HttpUpstream to = upstream;
    if (running == null || to == null) {
      content.release();
      return;
    }
    if (!content.decoderResult().isSuccess()) {
      content.release();
      broken(running, to);
      return;
    }
    ByteBuf bytes = content.content();
    boolean chunked = running.framing == HttpFields.CHUNKED;
    if (bytes.isReadable()) {
      running.bodySent = true;
      write(to::write, bytes.retain(), chunked);
    }
    if (content instanceof LastHttpContent last) {
      if (chunked) {
        to.write(HttpEncoding.lastChunk(alloc(), last.trailingHeaders()));
      }
      running.requestDone = true;
      to.flush();
      if (running.upgrade != null) {
        client.stopReading();
      }
    }
    content.release();
  }

  /** The client's body makes no sense: the server must not take what it got for the whole. */
  private void broken(HttpExchange running, HttpUpstream to) {
    upstream = null;
    to.end(CloseReason.PROTOCOL_ERROR, "the client's chunks are malformed");
    if (running.responseStarted) {
      client.reset();
    } else {
      client.refuse(
          new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "the body's chunks are malformed"));
    }
    exchange = null;
  }

  private interface Target {
    void write(ByteBuf bytes);
  }

  private void write(Target to, ByteBuf bytes, boolean chunked) {
    if (chunked) {
      to.write(HttpEncoding.chunkSize(alloc(), bytes.readableBytes()));
      to.write(bytes);
      to.write(HttpEncoding.chunkEnd(alloc()));
    } else {
      to.write(bytes);
    }
  }

  void flush() {
    HttpUpstream to = upstream;
    if (to != null) {
      to.flush();
    }
  }

  @Override
  public void upstreamWritable(HttpUpstream from) {
    if (from.equals(upstream)) {
      client.drain();
      flush();
    }
  }

  // -- response ----------------------------------------------------------------------------------

  @Override
  public void responseHead(HttpUpstream from, HttpResponse head) {
    HttpExchange running = exchange;
    if (running == null || running.responseStarted || running.switching) {
      drop(from, "the server sent a response that nobody asked for");
      return;
    }
    int code = head.status().code();
    long framing;
    try {
      if (!head.decoderResult().isSuccess()) {
        throw new HttpRefusal(HttpResponseStatus.BAD_GATEWAY, "");
      }
      framing = HttpFields.framing(head);
    } catch (HttpRefusal malformed) {
      failResponse(from, running, "the server's response is not HTTP/1.1");
      return;
    }
    if (code == 101) {
      if (running.upgrade == null) {
        failResponse(from, running, "the server switched protocols unasked");
        return;
      }
      HttpAnswer.switching(running, running.upgrade, head);
      toClient(HttpEncoding.response(alloc(), head));
      return;
    }
    if (code < 200) {
      running.interim = true;
      if (!running.oldClient) {
        HttpFields.removeHopByHop(head.headers());
        toClient(HttpEncoding.response(alloc(), head));
      }
      return;
    }
    HttpAnswer.ending(running, head, framing);
    toClient(HttpEncoding.response(alloc(), head));
  }

  @Override
  public void responseContent(HttpUpstream from, HttpContent content) {
    try {
      HttpExchange running = exchange;
      if (running == null) {
        return;
      }
      if (running.switching) {
        if (content instanceof LastHttpContent) {
          exchange = null;
          upstream = null;
          client.context().flush();
          client.switchProtocols(from);
        }
        return;
      }
      if (running.interim) {
        if (content instanceof LastHttpContent) {
          running.interim = false;
        }
        return;
      }
      if (!content.decoderResult().isSuccess()) {
        failResponse(from, running, "the server's chunks are malformed");
        return;
      }
      if (content.content().isReadable() && !running.bodyless) {
        write(this::toClient, content.content().retain(), running.chunkedToClient);
      }
      if (content instanceof LastHttpContent last) {
        if (running.chunkedToClient) {
          toClient(HttpEncoding.lastChunk(alloc(), last.trailingHeaders()));
        }
        finish(from, running);
      }
    } finally {
      content.release();
    }
  }

  private void finish(HttpUpstream from, HttpExchange running) {
    exchange = null;
    client.context().flush();
    if (!running.remoteKeepsAlive || !running.requestDone) {
      upstream = null;
      from.end(CloseReason.FINISHED, null);
    }
    client.exchangeDone(running.keepAlive && running.requestDone);
  }

  @Override
  public void responsePause(HttpUpstream from) {
    client.context().flush();
  }

  @Override
  public boolean wantsMore() {
    return client.context().channel().isWritable();
  }

  void clientWritable() {
    HttpUpstream from = upstream;
    if (from != null) {
      from.readIfWanted();
    }
  }

  private void toClient(ByteBuf bytes) {
    ChannelHandlerContext ctx = client.context();
    ctx.write(bytes, ctx.voidPromise());
  }

  private ByteBufAllocator alloc() {
    return client.context().alloc();
  }

  // -- ends --------------------------------------------------------------------------------------

  @Override
  public void upstreamEnded(HttpUpstream from, CloseReason reason, @Nullable String detail) {
    if (!from.equals(upstream)) {
      return;
    }
    upstream = null;
    HttpExchange running = exchange;
    if (running == null) {
      return;
    }
    boolean closed = reason == CloseReason.FINISHED || reason == CloseReason.REMOTE_RESET;
    if (closed && running.repeatable()) {
      running.forwarding = false;
      connect(running);
      return;
    }
    exchange = null;
    if (running.responseStarted || running.switching) {
      client.reset();
      return;
    }
    client.refuse(
        closed
            ? new HttpRefusal(
                HttpResponseStatus.BAD_GATEWAY,
                running.target.destination() + " closed the connection without an answer")
            : HttpRefusal.of(
                new SessionException(reason, detail == null ? reason.text() : detail)));
  }

  private void failResponse(HttpUpstream from, HttpExchange running, String why) {
    exchange = null;
    drop(from, why);
    if (running.responseStarted) {
      client.reset();
    } else {
      client.refuse(
          new HttpRefusal(
              HttpResponseStatus.BAD_GATEWAY, running.target.destination() + ": " + why));
    }
  }

  private void drop(HttpUpstream from, String why) {
    upstream = null;
    from.end(CloseReason.PROTOCOL_ERROR, why);
  }

  /**
   * The client has ended its side and awaits the rest of a response: it may have gone for good. So
   * the remote must move within {@code TCP_DOWNLINK_TIMEOUT}, again and again.
   */
  void watch() {
    HttpUpstream from = upstream;
    Session session = from == null ? connectingSession : from.session();
    if (session == null) {
      return;
    }
    long received = session.received();
    session
        .loop()
        .schedule(
            () -> {
              if (session.closeReason() != null) {
                return;
              }
              if (session.received() == received) {
                session.end(CloseReason.HALF_CLOSED_TIMEOUT, null);
              } else {
                watch();
              }
            },
            client.inbound().halfClosedTimeout().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** Lets go of everything. */
  void end(CloseReason reason) {
    HttpUpstream from = upstream;
    boolean idle = exchange == null;
    upstream = null;
    exchange = null;
    if (from != null) {
      from.end(idle ? CloseReason.FINISHED : reason, null);
    }
    Session waiting = connectingSession;
    Future<Channel> future = connecting;
    connectingSession = null;
    connecting = null;
    if (waiting != null) {
      waiting.end(reason, null);
    }
    if (future != null) {
      future.cancel(false);
    }
  }
}
