package com.github.shiroedev2024.leaf.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One connection on which bytes are sent as given and replies are read strictly. */
final class RawHttp implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  final Socket socket;
  private final InputStream in;

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  record Reply(int status, Map<String, List<String>> headers, String body) {
    @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.getFirst();
    }
  }

  /** A request with a good Host, without a body. */
  static String request(String method, String target, String... headerLines) {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    text.append("Host: 127.0.0.1\r\n");
    for (String line : headerLines) {
      text.append(line).append("\r\n");
    }
    return text.append("\r\n").toString();
  }

  /** Each character is one byte. */
  RawHttp send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  Reply get(String target, String... headerLines) throws IOException {
    return send(request("GET", target, headerLines)).read();
  }

  Reply post(String target, String... headerLines) throws IOException {
    return send(request("POST", target, headerLines)).read();
  }

  Reply read() throws IOException {
    return read(true);
  }

  /**
   * Reads one reply.
   *
   * @param body false for the reply to a HEAD, which has none
   */
  Reply read(boolean body) throws IOException {
    String start = line();
    if (!start.startsWith("HTTP/1.1 ") && !start.startsWith("HTTP/1.0 ")) {
      throw new IOException("not a status line: " + start);
    }
    int status = Integer.parseInt(start.substring(9, 12));
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    byte[] content = body && status != 204 && status >= 200 ? content(headers) : new byte[0];
    return new Reply(status, headers, new String(content, StandardCharsets.UTF_8));
  }

  private byte[] content(Map<String, List<String>> headers) throws IOException {
    if (headers.containsKey("Content-Length")) {
      int length = Integer.parseInt(headers.get("Content-Length").getFirst());
      byte[] content = in.readNBytes(length);
      if (content.length < length) {
        throw new EOFException("body ends after " + content.length + " of " + length);
      }
      return content;
    }
    if (!String.valueOf(headers.get("Transfer-Encoding"))
        .toLowerCase(Locale.ROOT)
        .contains("chunked")) {
      throw new IOException("a body without a length: " + headers);
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      content.write(in.readNBytes(size));
      line();
    }
    line();
    return content.toByteArray();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after '" + line.toString(StandardCharsets.UTF_8) + "'");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** Reads until the server closes; true when it does so without another byte. */
  boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
