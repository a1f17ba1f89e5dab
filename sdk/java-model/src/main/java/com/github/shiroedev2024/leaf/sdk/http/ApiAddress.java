package com.github.shiroedev2024.leaf.sdk.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where an HTTP API listens. */
public final class ApiAddress {
  private final String base;
  private final String authority;

  private ApiAddress(String base, String authority) {
    this.base = base;
    this.authority = authority;
  }

  /**
   * The address of a base URL such as {@code http://127.0.0.1:10001}, with or without a slash at
   * its end.
   *
   * @throws IllegalArgumentException it is no {@code http} URL of a host, or it has a query
   */
  public static ApiAddress of(String baseUrl) {
    URI uri;
    try {
      uri = new URI(baseUrl.trim());
    } catch (URISyntaxException e) {
      throw wrong(baseUrl, e);
    }
    String scheme = uri.getScheme();
    if (scheme == null
        || !scheme.toLowerCase(Locale.ROOT).equals("http")
        || uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || uri.getPort() == 0
        || uri.getPort() > 65_535) {
      throw wrong(baseUrl, null);
    }
    String authority = uri.getHost() + ":" + (uri.getPort() == -1 ? 80 : uri.getPort());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    return new ApiAddress("http://" + authority + path, authority);
  }

  /**
   * The address of a port on 127.0.0.1.
   *
   * @param port 1 to 65535
   */
  public static ApiAddress of(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("the port is " + port + "; it must be 1 to 65535");
    }
    return of("http://127.0.0.1:" + port);
  }

  private static IllegalArgumentException wrong(String baseUrl, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "'" + baseUrl + "' is not a base URL such as http://127.0.0.1:10001", cause);
  }

  /** The whole URL of a target that begins with a slash and is percent-encoded. */
  public String url(String target) {
    return base + target;
  }

  /** Host and port, such as {@code 127.0.0.1:10001}. */
  public String authority() {
    return authority;
  }

  /** The base URL without a slash at its end. */
  @Override
  public String toString() {
    return base;
  }
}
