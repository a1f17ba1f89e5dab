package com.github.shiroedev2024.leaf.engine.protocol.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;

/** Rewrites a server's response head for the client, and notes what it means for the exchange. */
final class HttpAnswer {
  private HttpAnswer() {}

  /** A final response. */
  static void ending(HttpExchange exchange, HttpResponse head, long framing) {
    int code = head.status().code();
    exchange.responseStarted = true;
    exchange.interim = false;
    exchange.remoteKeepsAlive = HttpFields.keepAlive(head);
    exchange.bodyless = exchange.head || code == 204 || code == 304;
    HttpHeaders headers = head.headers();
    HttpFields.removeHopByHop(headers);
    if (code == 204) {
      headers.remove(HttpHeaderNames.CONTENT_LENGTH); // RFC 9110 section 8.6: never
    }
    if (!exchange.bodyless && framing < 0) {
      if (framing == HttpFields.NO_LENGTH) {
        exchange.remoteKeepsAlive = false;
      }
      if (exchange.oldClient) {
        exchange.keepAlive = false;
      } else {
        exchange.chunkedToClient = true;
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      }
    }
    if (!exchange.keepAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (exchange.oldClient) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  /** The server agrees to another protocol. */
  static void switching(HttpExchange exchange, String wanted, HttpResponse head) {
    exchange.switching = true;
    HttpHeaders headers = head.headers();
    String protocol = headers.get(HttpHeaderNames.UPGRADE);
    HttpFields.removeHopByHop(headers);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, protocol == null ? wanted : protocol);
  }
}
