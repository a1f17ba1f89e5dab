package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server on a free port over a {@link FakeControl}. */
final class TestServer implements AutoCloseable {
  static final String ALLOWED_ORIGIN = "https://panel.example";

  final FakeControl control;
  final ApiServer server;
  final int port;

  TestServer() throws Exception {
    this(new FakeControl(), Limits.DEFAULT);
  }

  TestServer(FakeControl control, Limits limits) throws Exception {
    this.control = control;
    this.server =
        new ApiServer(
            control,
            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0),
            List.of(ALLOWED_ORIGIN),
            limits);
    this.port = server.start().get(20, TimeUnit.SECONDS);
  }

  RawHttp connect() throws IOException {
    return new RawHttp(port);
  }

  RawHttp.Reply get(String target, String... headerLines) throws IOException {
    try (RawHttp http = connect()) {
      return http.get(target, headerLines);
    }
  }

  RawHttp.Reply post(String target, String... headerLines) throws IOException {
    try (RawHttp http = connect()) {
      return http.post(target, headerLines);
    }
  }

  @Override
  public void close() {
    server.stop().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
