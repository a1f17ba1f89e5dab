package com.github.shiroedev2024.leaf.desktop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A control socket that answers from a table and streams the events that a test pushes. */
final class FakeCore implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Path socket;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final List<OutputStream> streams = new CopyOnWriteArrayList<>();
  private final String firstEvents;

  /**
   * Listens.
   *
   * @param firstEvents what each new listener hears first
   */
  FakeCore(Path socket, String firstEvents) throws IOException {
    this.socket = socket;
    this.firstEvents = firstEvents;
    Files.createDirectories(socket.getParent());
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::accept, "fake-core");
    thread.setDaemon(true);
    thread.start();
  }

  static String event(String subject, String state, String error) {
    return "event: state\ndata: {\"subject\":\""
        + subject
        + "\",\"state\":\""
        + state
        + "\",\"error\":"
        + error
        + ",\"at\":1.5}\n\n";
  }

  /** Answers a request, such as {@code GET /v1/ping}, with this status and body. */
  void answer(String request, int status, String body) {
    String type = status == 200 ? "application/json" : "text/plain; charset=utf-8";
    answers.put(
        request,
        "HTTP/1.1 "
            + status
            + " X\r\nContent-Type: "
            + type
            + "\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + body);
  }

  /** Sends an event to all that listen. */
  void push(String event) throws IOException {
    for (OutputStream stream : streams) {
      write(stream, event);
    }
  }

  private static void write(OutputStream stream, String text) throws IOException {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    String chunk = Integer.toHexString(length) + "\r\n" + text + "\r\n";
    stream.write(chunk.getBytes(StandardCharsets.UTF_8));
  }

  int listeners() {
    return streams.size();
  }

  /** Each request with its body. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = server.accept();
        open.add(channel);
        Thread thread = new Thread(() -> serve(channel), "fake-core-connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (ClosedChannelException e) {
      // the test is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      OutputStream out = Channels.newOutputStream(channel);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String request = line.replace(" HTTP/1.1", "");
        String body = body(in);
        if (request.equals("GET /v1/events")) {
          out.write(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          write(out, firstEvents);
          streams.add(out);
          continue;
        }
        requests.add(body.isEmpty() ? request : request + " " + body);
        String answer = answers.get(request);
        out.write(
            (answer == null ? "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n" : answer)
                .getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // the other end or the test has ended
    }
  }

  private static String body(BufferedReader in) throws IOException {
    int length = 0;
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).trim());
      }
    }
    StringBuilder body = new StringBuilder();
    while (body.toString().getBytes(StandardCharsets.UTF_8).length < length) {
      body.append((char) in.read());
    }
    return body.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
    Files.deleteIfExists(socket);
  }
}
