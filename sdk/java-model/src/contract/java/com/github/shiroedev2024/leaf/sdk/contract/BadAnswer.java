package com.github.shiroedev2024.leaf.sdk.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link BadServer} sends back, and how. */
public final class BadAnswer {
  /** How the bytes go out. */
  enum Manner {
    /** All at once; the connection stays open for more requests. */
    KEEP,
    /** All at once, then the connection ends. */
    CLOSE,
    /** One by one, slowly, and spaces without end after them. */
    TRICKLE,
    /** Never. */
    SILENT,
    /** Never; the connection is reset. */
    RESET
  }

  static final int TRICKLE_MILLIS = 20;

  private final Manner manner;
  private final byte[] bytes;

  private BadAnswer(Manner manner, byte[] bytes) {
    this.manner = manner;
    this.bytes = bytes;
  }

  /** These bytes, whatever they are, and then the end of the connection. */
  static BadAnswer raw(String bytes) {
    return new BadAnswer(Manner.CLOSE, bytes.getBytes(StandardCharsets.UTF_8));
  }

  /** A whole answer of HTTP; the connection stays open. */
  static BadAnswer http(int status, @Nullable String type, String body) {
    return new BadAnswer(
        Manner.KEEP, message(status, type, null, body.getBytes(StandardCharsets.UTF_8)));
  }

  static BadAnswer json(String body) {
    return http(200, "application/json", body);
  }

  /** The answer that a case of the kit describes; {@code contract/README.md} lists the keys. */
  public static BadAnswer of(JsonObject server) {
    if (server.has("silent")) {
      return new BadAnswer(Manner.SILENT, new byte[0]);
    }
    if (server.has("reset")) {
      return new BadAnswer(Manner.RESET, new byte[0]);
    }
    Charset charset =
        Charset.forName(server.has("charset") ? server.get("charset").getAsString() : "UTF-8");
    if (server.has("bytes")) {
      byte[] bytes = body(server.get("bytes"), charset);
      return new BadAnswer(server.has("trickle") ? Manner.TRICKLE : Manner.CLOSE, bytes);
    }
    byte[] body = new byte[0];
    String type = "application/json";
    if (server.has("json")) {
      body = server.get("json").toString().getBytes(charset);
    } else if (server.has("body")) {
      body = body(server.get("body"), charset);
      type = "text/plain; charset=utf-8";
    }
    if (server.has("type")) {
      type = server.get("type").isJsonNull() ? null : server.get("type").getAsString();
    }
    int status = server.has("status") ? server.get("status").getAsInt() : 200;
    return new BadAnswer(
        Manner.KEEP,
        message(
            status, type, server.has("headers") ? server.getAsJsonObject("headers") : null, body));
  }

  /** A text, or a list of texts and of {@code {"text": …, "times": n}}. */
  private static byte[] body(JsonElement told, Charset charset) {
    if (told.isJsonPrimitive()) {
      return told.getAsString().getBytes(charset);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonArray parts = told.getAsJsonArray();
    for (JsonElement part : parts) {
      if (part.isJsonObject()) {
        JsonObject repeated = part.getAsJsonObject();
        byte[] once = repeated.get("text").getAsString().getBytes(charset);
        for (int i = repeated.get("times").getAsInt(); i > 0; i--) {
          out.write(once, 0, once.length);
        }
      } else {
        byte[] once = part.getAsString().getBytes(charset);
        out.write(once, 0, once.length);
      }
    }
    return out.toByteArray();
  }

  private static byte[] message(
      int status, @Nullable String type, @Nullable JsonObject headers, byte[] body) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" So\r\n");
    if (type != null) {
      head.append("Content-Type: ").append(type).append("\r\n");
    }
    if (headers != null) {
      for (Map.Entry<String, JsonElement> header : headers.entrySet()) {
        head.append(header.getKey()).append(": ");
        head.append(header.getValue().getAsString()).append("\r\n");
      }
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream(head.length() + body.length);
    byte[] start = head.toString().getBytes(StandardCharsets.US_ASCII);
    out.write(start, 0, start.length);
    out.write(body, 0, body.length);
    return out.toByteArray();
  }

  Manner manner() {
    return manner;
  }

  byte[] bytes() {
    return bytes;
  }
}
