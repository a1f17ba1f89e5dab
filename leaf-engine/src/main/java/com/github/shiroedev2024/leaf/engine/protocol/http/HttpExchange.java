package com.github.shiroedev2024.leaf.engine.protocol.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** One forwarded request and how far it and its response have come. */
final class HttpExchange {
  final HttpRequest request;
  final HttpTarget target;
  final @Nullable String userId;

  /** How the request's body ends, see {@link HttpFields#framing}. */
  final long framing;

  /** The protocol the client wants to switch to, or null. */
  final @Nullable String upgrade;

  final boolean oldClient;
  final boolean head;

  /** The client may send another request after the response. */
  boolean keepAlive;

  /** The request's head has gone to the remote. */
  boolean forwarding;

  /** On a connection that had served another request before. */
  boolean reused;

  boolean bodySent;
  boolean requestDone;

  /** The 1xx head was passed on; the end that the reader reports for it is not the response's. */
  boolean interim;

  boolean switching;
  boolean responseStarted;
  boolean chunkedToClient;
  boolean bodyless;
  boolean remoteKeepsAlive;

  HttpExchange(
      HttpRequest request,
      HttpTarget target,
      @Nullable String userId,
      long framing,
      @Nullable String upgrade) {
    this.request = request;
    this.target = target;
    this.userId = userId;
    this.framing = framing;
    this.upgrade = upgrade;
    this.oldClient = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    this.head = request.method().equals(HttpMethod.HEAD);
    this.keepAlive = upgrade == null && HttpFields.keepAlive(request);
  }

  /**
   * Whether it may be sent again on a new connection after an old one was closed under it: nothing
   * came back, and doing it twice does no harm (RFC 9110 section 9.2.2).
   */
  boolean repeatable() {
    HttpMethod method = request.method();
    return reused
        && !responseStarted
        && !interim
        && !bodySent
        && framing == HttpFields.NO_LENGTH
        && (method.equals(HttpMethod.GET)
            || method.equals(HttpMethod.HEAD)
            || method.equals(HttpMethod.OPTIONS)
            || method.equals(HttpMethod.PUT)
            || method.equals(HttpMethod.DELETE)
            || method.equals(HttpMethod.TRACE));
  }
}
