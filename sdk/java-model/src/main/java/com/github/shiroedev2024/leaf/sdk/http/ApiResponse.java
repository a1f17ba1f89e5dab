package com.github.shiroedev2024.leaf.sdk.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What came back: a status and a whole body. */
public final class ApiResponse {
  private static final int EXCERPT = 80;

  private final int status;
  private final @Nullable String contentType;
  private final String body;

  /**
   * An answer.
   *
   * @param contentType the header's value; null when there is none
   * @param body taken as UTF-8
   */
  public ApiResponse(int status, @Nullable String contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = new String(body, StandardCharsets.UTF_8);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Whether the status says success. */
  public boolean succeeded() {
    return status / 100 == 2;
  }

  /** The whole body. */
  public String body() {
    return body;
  }

  /** Whether this is a page for people. */
  public boolean isHtml() {
    String start = body.trim().toLowerCase(Locale.ROOT);
    return (contentType != null && contentType.toLowerCase(Locale.ROOT).contains("html"))
        || start.startsWith("<!doctype")
        || start.startsWith("<html");
  }

  /** The beginning of the body in one line, for messages. */
  public String excerpt() {
    String line = body.replaceAll("\\s+", " ").trim();
    if (line.length() <= EXCERPT) {
      return line;
    }
    int end = Character.isHighSurrogate(line.charAt(EXCERPT - 1)) ? EXCERPT - 1 : EXCERPT;
    return line.substring(0, end) + "…";
  }
}
