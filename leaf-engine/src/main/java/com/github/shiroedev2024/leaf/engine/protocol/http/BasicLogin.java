package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.shiroedev2024.leaf.engine.spi.Logins;
import com.github.shiroedev2024.leaf.engine.spi.User;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Logins by {@code Proxy-Authorization: Basic}, RFC 7617, in UTF-8. */
final class BasicLogin {
  /** What a client without a login is told. */
  static final String CHALLENGE =
      HttpHeaderNames.PROXY_AUTHENTICATE + ": Basic realm=\"Leaf\", charset=\"UTF-8\"";

  private static final String SCHEME = "Basic ";

  private BasicLogin() {}

  /** The user that these fields log in, or null. */
  static @Nullable User check(Logins logins, HttpHeaders headers) {
    String field = headers.get(HttpHeaderNames.PROXY_AUTHORIZATION);
    if (field == null || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(field.substring(SCHEME.length()).trim());
    } catch (IllegalArgumentException e) {
      return null; // not Base64: not a login
    }
    for (int i = 0; i < pair.length; i++) {
      if (pair[i] == ':') {
        return logins.check(
            new String(pair, 0, i, UTF_8), Arrays.copyOfRange(pair, i + 1, pair.length));
      }
    }
    return null;
  }
}
