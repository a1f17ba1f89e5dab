package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that is answered by us. Its message is the reply's text. Without a stack trace. */
final class HttpRefusal extends Exception {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // never serialised
  private final HttpResponseStatus status;

  HttpRefusal(HttpResponseStatus status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  HttpResponseStatus status() {
    return status;
  }

  /** What a client is told when its session failed. */
  static HttpRefusal of(SessionException failure) {
    CloseReason reason = failure.reason();
    HttpResponseStatus status =
        switch (reason) {
          case DROPPED -> HttpResponseStatus.FORBIDDEN;
          case DIAL_TIMEOUT, HANDSHAKE_TIMEOUT -> HttpResponseStatus.GATEWAY_TIMEOUT;
          case LIMIT, SHUTDOWN, OUTBOUND_REMOVED -> HttpResponseStatus.SERVICE_UNAVAILABLE;
          case INTERNAL_ERROR -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
          default -> HttpResponseStatus.BAD_GATEWAY;
        };
    String detail = failure.getMessage();
    return new HttpRefusal(
        status,
        detail == null || detail.equals(reason.text())
            ? reason.text()
            : reason.text() + " (" + detail + ")");
  }
}
