package com.github.shiroedev2024.leaf.api;

import com.github.shiroedev2024.leaf.api.http.Guard;
import com.github.shiroedev2024.leaf.api.http.HttpFace;
import com.github.shiroedev2024.leaf.api.http.Limits;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.api.http.RouteTable;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server in front of one runtime, on a loopback address only. It has one event loop of its
 * own, apart from those that carry traffic. Starts once, stops once; safe from any thread.
 */
public final class ApiServer {
  /** How long {@link #stop} lets calls in flight finish; seconds. */
  private static final long STOP_SECONDS = 2;

  private static final String LOG_TARGET = "leaf.api";

  private final InetSocketAddress address;
  private final Guard guard;
  private final RouteTable table;
  private final HttpFace face;
  private @Nullable Vertx vertx;
  private @Nullable HttpServer server;
  private boolean stopped;

  /**
   * @param address a loopback address; port 0 for any free port
   * @param allowedOrigins further origins whose pages may call, such as {@code
   *     https://panel.example}
   * @throws IllegalArgumentException when the address is not a loopback one
   */
  public ApiServer(RuntimeControl control, InetSocketAddress address, List<String> allowedOrigins) {
    this(control, address, allowedOrigins, Limits.DEFAULT);
  }

  /** As the other, with limits of its own. */
  public ApiServer(
      RuntimeControl control,
      InetSocketAddress address,
      List<String> allowedOrigins,
      Limits limits) {
    InetAddress ip = address.getAddress();
    if (ip == null || !ip.isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "the API must listen on a loopback address such as 127.0.0.1, not on "
              + address.getHostString()
              + ": it has no authentication");
    }
    this.address = address;
    this.guard = new Guard(allowedOrigins);
    this.table = new RouteTable(routes(control));
    this.face =
        new HttpFace(
            table,
            guard,
            limits,
            () -> unavailable(control.state()),
            text -> control.logError(LOG_TARGET, text));
  }

  private static List<Route> routes(RuntimeControl control) {
    return Stream.of(
            new LifecycleApi(control).routes(),
            new StatApi(control).routes(),
            new LogsApi(control).routes(),
            new OutboundApi(control).routes(),
            new DocumentApi().routes())
        .flatMap(List::stream)
        .toList();
  }

  private static @Nullable String unavailable(RuntimeControl.State state) {
    return switch (state) {
      case RUNNING -> null;
      case STARTING -> "the runtime is starting";
      case STOPPING -> "the runtime is stopping";
      case STOPPED -> "the runtime is stopped";
    };
  }

  /** Every call there is. */
  public List<Route> routes() {
    return table.routes();
  }

  /** Replaces the further origins whose pages may call. */
  public void allowedOrigins(List<String> origins) {
    guard.allowedOrigins(origins);
  }

  /**
   * Binds and begins to answer.
   *
   * @return the port, or a failure ({@link java.net.BindException} when it is taken)
   */
  public synchronized CompletableFuture<Integer> start() {
    if (vertx != null || stopped) {
      throw new IllegalStateException("started already");
    }
    Vertx made = Vertx.vertx(options());
    vertx = made;
    HttpServer listening = face.serve(made, made.createHttpServer(face.options()));
    server = listening;
    SocketAddress at =
        SocketAddress.inetSocketAddress(address.getPort(), address.getAddress().getHostAddress());
    return listening
        .listen(at)
        .map(HttpServer::actualPort)
        .toCompletionStage()
        .toCompletableFuture()
        .exceptionallyCompose(
            failure -> {
              forget();
              return close(made).thenCompose(closed -> CompletableFuture.failedFuture(failure));
            });
  }

  /** After a start that failed there is nothing to stop. */
  private synchronized void forget() {
    server = null;
    stopped = true;
  }

  /** Away from Vert.x's own threads: what it would answer on them is lost as they end. */
  private static CompletableFuture<Void> close(Vertx vertx) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () ->
                vertx
                    .close()
                    .onComplete(
                        done -> closed.complete(null),
                        failure -> closed.completeExceptionally(failure)));
    return closed;
  }

  /** One event loop, no file cache, no search of the class path, nothing that is not used. */
  private static VertxOptions options() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setPreferNativeTransport(false)
        .setUseDaemonThread(true)
        .setDisableTCCL(true)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  /** Takes no more calls, lets those in flight finish for a moment, and frees the port. */
  public synchronized CompletableFuture<Void> stop() {
    Vertx running = vertx;
    HttpServer listening = server;
    if (stopped || running == null || listening == null) {
      stopped = true;
      return CompletableFuture.completedFuture(null);
    }
    stopped = true;
    return listening
        .shutdown(STOP_SECONDS, TimeUnit.SECONDS)
        .toCompletionStage()
        .toCompletableFuture()
        .handle((shut, failure) -> close(running))
        .thenCompose(closed -> closed);
  }
}
