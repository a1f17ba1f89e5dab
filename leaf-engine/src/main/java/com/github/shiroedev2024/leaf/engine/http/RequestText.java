package com.github.shiroedev2024.leaf.engine.http;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import java.util.Map;

/** Writes the head of a request; names and values were checked when they were configured. */
public final class RequestText {
  private final StringBuilder text = new StringBuilder(256);

  public RequestText(String method, String target) {
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
  }

  /** The {@code Host}: the configured one, else the destination without its port. */
  public RequestText host(Map<String, String> headers, Destination destination) {
    String configured = HttpText.header(headers, "Host");
    return field("Host", configured == null ? HttpText.host(destination) : configured);
  }

  public RequestText field(String name, String value) {
    text.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  /**
   * The configured fields but {@code Host}, and {@code User-Agent}.
   *
   * @param userAgent sent if the fields have none; empty for none
   */
  public RequestText fields(Map<String, String> headers, String userAgent) {
    headers.forEach(
        (name, value) -> {
          if (!name.equalsIgnoreCase("Host")) {
            field(name, value);
          }
        });
    if (!userAgent.isEmpty() && HttpText.header(headers, "User-Agent") == null) {
      field("User-Agent", userAgent);
    }
    return this;
  }

  /** The whole head. */
  public String end() {
    return text.append("\r\n").toString();
  }
}
