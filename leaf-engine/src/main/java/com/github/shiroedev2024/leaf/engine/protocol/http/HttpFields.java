package com.github.shiroedev2024.leaf.engine.protocol.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a proxy has to know of header fields. */
final class HttpFields {
  /** The body's length is told by the end of the connection, or there is no body. */
  static final long NO_LENGTH = -1;

  /** The body comes in chunks. */
  static final long CHUNKED = -2;

  /** Fields that are between two neighbours only, RFC 9110 section 7.6.1. */
  private static final List<AsciiString> HOP_BY_HOP =
      List.of(
          HttpHeaderNames.CONNECTION,
          AsciiString.cached("proxy-connection"),
          AsciiString.cached("keep-alive"),
          HttpHeaderNames.PROXY_AUTHENTICATE,
          HttpHeaderNames.PROXY_AUTHORIZATION,
          AsciiString.cached("proxy-authentication-info"),
          HttpHeaderNames.TE,
          HttpHeaderNames.TRAILER,
          HttpHeaderNames.TRANSFER_ENCODING,
          HttpHeaderNames.UPGRADE,
          AsciiString.cached("http2-settings"));

  private HttpFields() {}

  /**
   * How a message's body ends: its length, {@link #CHUNKED} or {@link #NO_LENGTH}.
   *
   * @throws HttpRefusal when two readers could understand it in two ways (RFC 9112 section 6.3)
   */
  static long framing(HttpMessage message) throws HttpRefusal {
    HttpHeaders headers = message.headers();
    List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (!encodings.isEmpty()) {
      if (!lengths.isEmpty()) {
        throw new HttpRefusal(
            HttpResponseStatus.BAD_REQUEST, "Content-Length and Transfer-Encoding in one message");
      }
      if (encodings.size() > 1 || !encodings.getFirst().trim().equalsIgnoreCase("chunked")) {
        throw new HttpRefusal(
            HttpResponseStatus.NOT_IMPLEMENTED, "a Transfer-Encoding other than chunked");
      }
      if (message.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
        throw new HttpRefusal(
            HttpResponseStatus.BAD_REQUEST, "Transfer-Encoding in an HTTP/1.0 message");
      }
      return CHUNKED;
    }
    if (lengths.isEmpty()) {
      return NO_LENGTH;
    }
    String text = lengths.getFirst().trim();
    if (lengths.size() > 1
        || text.isEmpty()
        || text.length() > 18
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new HttpRefusal(
          HttpResponseStatus.BAD_REQUEST, "a Content-Length that is not one number");
    }
    return Long.parseLong(text);
  }

  /** Removes what must not be passed on, also the fields that {@code Connection} lists. */
  static void removeHopByHop(HttpHeaders headers) {
    for (String list : headers.getAll(HttpHeaderNames.CONNECTION)) {
      for (String name : list.split(",", -1)) {
        String field = name.trim();
        // Framing and routing are not for the peer to take away.
        if (!field.isEmpty()
            && !HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(field)
            && !HttpHeaderNames.HOST.contentEqualsIgnoreCase(field)) {
          headers.remove(field);
        }
      }
    }
    for (AsciiString name : HOP_BY_HOP) {
      headers.remove(name);
    }
  }

  /** Whether the sender wants to go on after this message. */
  static boolean keepAlive(HttpMessage message) {
    HttpHeaders headers = message.headers();
    CharSequence legacy = HOP_BY_HOP.get(1);
    if (headers.containsValue(HttpHeaderNames.CONNECTION, "close", true)
        || headers.containsValue(legacy, "close", true)) {
      return false;
    }
    return message.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0
        || headers.containsValue(HttpHeaderNames.CONNECTION, "keep-alive", true)
        || headers.containsValue(legacy, "keep-alive", true);
  }

  /**
   * The protocol a client wants to switch to, or null. An upgrade to HTTP/2 is not passed on: the
   * client would then speak it to one server, and believe to speak it to the proxy.
   */
  static @Nullable String upgrade(HttpHeaders headers) {
    String protocol = headers.get(HttpHeaderNames.UPGRADE);
    return protocol != null
            && !protocol.isBlank()
            && !protocol.trim().equalsIgnoreCase("h2c")
            && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
        ? protocol
        : null;
  }
}
