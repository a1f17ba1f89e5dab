package com.github.shiroedev2024.leaf.api.http;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call answers.
 *
 * @param body written on the call's virtual thread, in pieces, with back-pressure
 * @param headers further headers
 * @param afterwards run once the answer is out or its connection is gone; null for nothing
 */
public record Reply(
    int status,
    String contentType,
    Body body,
    Map<String, String> headers,
    @Nullable Runnable afterwards) {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain; charset=utf-8";

  /** RFC 9512, 2.1; always UTF-8. */
  public static final String YAML = "application/yaml";

  public static final String HTML = "text/html; charset=utf-8";

  /** Writes the bytes of an answer. */
  @FunctionalInterface
  public interface Body {
    /**
     * @throws IOException when the client is gone
     */
    void writeTo(Sink sink) throws IOException;
  }

  /** Takes text as it comes and sends it on as UTF-8; waits while the client is slower. */
  public interface Sink {
    void write(CharSequence text) throws IOException;
  }

  /** Writes one JSON value. */
  @FunctionalInterface
  public interface JsonBody {
    void writeTo(JsonWriter json) throws IOException;
  }

  private static Reply of(int status, String contentType, Body body) {
    return new Reply(status, contentType, body, Map.of(), null);
  }

  public static Reply json(JsonBody body) {
    return json(200, body);
  }

  public static Reply json(int status, JsonBody body) {
    return of(status, JSON, sink -> sink.write(text(body)));
  }

  /** An answer that says no more than its status: an empty JSON object. */
  public static Reply done(int status) {
    return of(status, JSON, sink -> sink.write("{}"));
  }

  /** A long JSON answer, written piece by piece. */
  public static Reply jsonStream(Body body) {
    return of(200, JSON, body);
  }

  public static Reply html(String contentSecurityPolicy, Body body) {
    return new Reply(
        200, HTML, body, Map.of("Content-Security-Policy", contentSecurityPolicy), null);
  }

  public static Reply yaml(String text) {
    return of(200, YAML, sink -> sink.write(text));
  }

  /** Plain text for people, as every answer that is not a success has. */
  public static Reply text(int status, String text) {
    return of(status, TEXT, sink -> sink.write(text));
  }

  public Reply then(Runnable action) {
    return new Reply(status, contentType, body, headers, action);
  }

  /** The value as compact text; nulls are written, nothing is escaped for HTML. */
  public static String text(JsonBody body) throws IOException {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.setHtmlSafe(false);
    json.setSerializeNulls(true);
    body.writeTo(json);
    json.flush();
    return text.toString();
  }

  static byte[] bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
