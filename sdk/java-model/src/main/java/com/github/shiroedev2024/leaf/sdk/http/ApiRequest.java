package com.github.shiroedev2024.leaf.sdk.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One call as it goes over the wire. */
public final class ApiRequest {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final String HEX = "0123456789ABCDEF";

  private final String call;
  private final String method;
  private final String target;
  private final @Nullable String body;

  private ApiRequest(String call, String method, String target, @Nullable String body) {
    this.call = call;
    this.method = method;
    this.target = target;
    this.body = body;
  }

  /** A request that reads; {@code call} is the name that failures give it. */
  public static ApiRequest get(String call, String target) {
    return new ApiRequest(call, "GET", target, null);
  }

  /** A request that does something, without a body. */
  public static ApiRequest post(String call, String target) {
    return new ApiRequest(call, "POST", target, null);
  }

  /** A request with a body of JSON or text in UTF-8. */
  public static ApiRequest with(String call, String method, String target, String body) {
    return new ApiRequest(call, method, target, body);
  }

  /**
   * A text as a part of a path or query: all but the unreserved characters of RFC 3986 is encoded.
   * A part of dots alone is encoded too, lest it be taken for a step between folders.
   */
  public static String encode(String text) {
    boolean dots = text.equals(".") || text.equals("..");
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (one & 0xff);
      if (UNRESERVED.indexOf(c) >= 0 && !dots) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return out.toString();
  }

  /** The name of the method that was called, such as {@code getUsage}. */
  public String call() {
    return call;
  }

  /** {@code GET}, {@code POST} or {@code PATCH}. */
  public String method() {
    return method;
  }

  /** Path and query, percent-encoded. */
  public String target() {
    return target;
  }

  /** The body; null for none. */
  public @Nullable String body() {
    return body;
  }
}
