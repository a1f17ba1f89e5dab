package com.github.shiroedev2024.leaf.engine.protocol.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Logins;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of a request by its head alone. */
sealed interface HttpAdmission {
  /** It is forwarded. */
  record Forwarded(HttpExchange exchange) implements HttpAdmission {}

  /** It becomes a tunnel. */
  record Tunnelled(Destination destination, @Nullable String userId) implements HttpAdmission {}

  /**
   * The client has to log in first.
   *
   * @param failed it tried, and failed
   * @param keepAlive it may try again on this connection
   */
  record LoginRequired(boolean failed, boolean head, boolean keepAlive) implements HttpAdmission {}

  /**
   * Decides.
   *
   * @throws HttpRefusal when it is no request for a proxy, or one that cannot be understood safely
   */
  static HttpAdmission of(HttpRequest request, Logins logins) throws HttpRefusal {
    decoded(request.decoderResult());
    if (request.protocolVersion().majorVersion() != 1) {
      throw new HttpRefusal(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this proxy speaks HTTP/1.1");
    }
    long framing = HttpFields.framing(request);
    boolean connect = request.method().equals(HttpMethod.CONNECT);
    String userId = null;
    if (logins.required()) {
      User user = BasicLogin.check(logins, request.headers());
      if (user == null) {
        return new LoginRequired(
            request.headers().contains("proxy-authorization"),
            request.method().equals(HttpMethod.HEAD),
            // Behind a refused CONNECT may follow anything; a body would have to be read first.
            !connect && framing == HttpFields.NO_LENGTH && HttpFields.keepAlive(request));
      }
      userId = user.shownId();
    }
    if (connect) {
      if (framing != HttpFields.NO_LENGTH && framing != 0) {
        throw new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "CONNECT with a body");
      }
      return new Tunnelled(HttpTarget.authority(request.uri()), userId);
    }
    HttpTarget target = HttpTarget.absolute(request.method(), request.uri());
    String upgrade = framing == HttpFields.NO_LENGTH ? HttpFields.upgrade(request.headers()) : null;
    return new Forwarded(new HttpExchange(request, target, userId, framing, upgrade));
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
}
