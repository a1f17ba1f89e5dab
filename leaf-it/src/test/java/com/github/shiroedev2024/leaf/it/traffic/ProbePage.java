package com.github.shiroedev2024.leaf.it.traffic;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The page that health probes ask for, {@code /generate_204}. */
public final class ProbePage implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads;

  private ProbePage(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /** Serves it on 127.0.0.1. */
  public static ProbePage start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/generate_204",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.start();
    return new ProbePage(server, threads);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
