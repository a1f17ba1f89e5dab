package com.github.shiroedev2024.leaf.core.control;

import com.github.shiroedev2024.leaf.core.home.Home;
import com.github.shiroedev2024.leaf.core.process.Core;
import com.github.shiroedev2024.leaf.core.process.StartException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.google.gson.JsonObject;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;

/**
 * The core's end of the control socket. The socket is readable and writable by its owner alone, in
 * a folder that only the owner may enter, and each peer's user is checked again when it connects.
 *
 * <p>Requests are read on the event loop and answered on virtual threads, so a call that takes long
 * holds up nobody else.
 */
public final class ControlServer implements AutoCloseable {
  /** A configuration of some tens of thousands of nodes fits. */
  static final int LARGEST_BODY = 16 << 20;

  static final int MOST_REQUESTS = 64;
  static final int MOST_LISTENERS = 32;

  private static final String SHUTDOWN = "/v1/core/shutdown";
  private static final String EVENTS = "/v1/events";

  private final Vertx vertx;
  private final Core core;
  private final Home home;
  private final Path path;
  private final Logger log;
  private final ControlCalls calls;
  private final UserPrincipal owner;
  private final HttpServer server;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger eventListeners = new AtomicInteger();

  private ControlServer(Vertx vertx, Core core, Home home, Path path, String version, Logger log)
      throws IOException {
    this.vertx = vertx;
    this.core = core;
    this.home = home;
    this.path = path;
    this.log = log;
    this.calls = new ControlCalls(core, version);
    this.owner = Files.getOwner(home.run());
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setIdleTimeout(0))
            .connectionHandler(this::check)
            .requestHandler(this::receive);
  }

  /**
   * Binds the socket; blocks for that long. To be called by the holder of the home's lock.
   *
   * @param vertx one that uses the JDK's own transport
   */
  public static ControlServer open(
      Vertx vertx,
      Core core,
      Home home,
      Map<String, String> environment,
      String version,
      Logger log)
      throws IOException {
    Path path = SocketPath.prepare(home, environment);
    if (answers(path)) {
      throw new IOException(
          "another program listens on " + path + "; end it, or choose another home with --home");
    }
    Files.deleteIfExists(path); // left behind by a core that was killed
    ControlServer opened = new ControlServer(vertx, core, home, path, version, log);
    try {
      opened.server.listen(SocketAddress.domainSocketAddress(path.toString())).await();
    } catch (RuntimeException e) {
      throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return opened;
  }

  public Path path() {
    return path;
  }

  private static boolean answers(Path path) {
    if (!Files.exists(path)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  private void check(HttpConnection connection) {
    boolean allowed =
        connection instanceof HttpServerConnection known
            && Peer.mayControl(known.channelHandlerContext().channel(), owner);
    if (!allowed) {
      log.warn("refused a control connection of another user");
      connection.close();
    }
  }

  private void receive(HttpServerRequest request) {
    String path = String.valueOf(request.path()); // none is just another unknown one
    if (path.equals(EVENTS)) {
      if (allows(request, Set.of("GET"))) {
        stream(request);
      }
      return;
    }
    boolean shutdown = path.equals(SHUTDOWN);
    Map<String, ControlCalls.Call> methods = calls.paths().get(path);
    if (methods == null && !shutdown) {
      reply(request, Answer.failed(404, "unknown call " + path));
      return;
    }
    if (!allows(request, shutdown || methods == null ? Set.of("POST") : methods.keySet())) {
      return;
    }
    if (requests.incrementAndGet() > MOST_REQUESTS) {
      requests.decrementAndGet();
      reply(request, Answer.failed(503, "too many control calls at once; try again"));
      return;
    }
    readBody(
        request,
        body -> {
          if (shutdown) {
            shutdown(request);
          } else if (methods != null) {
            ControlCalls.Call call = methods.get(method(request));
            answer(request, call == null ? methods.values().iterator().next() : call, body);
          }
        });
  }

  private interface BodyHandler {
    void read(String body);
  }

  private void readBody(HttpServerRequest request, BodyHandler next) {
    Buffer body = Buffer.buffer();
    boolean[] refused = new boolean[1];
    request.exceptionHandler(failure -> requests.decrementAndGet());
    request.handler(
        part -> {
          if (refused[0]) {
            return;
          }
          if (body.length() + part.length() > LARGEST_BODY) {
            refused[0] = true;
            requests.decrementAndGet();
            request.exceptionHandler(failure -> {});
            reply(
                request, Answer.failed(413, "the body is larger than " + LARGEST_BODY + " bytes"));
            request.connection().close();
            return;
          }
          body.appendBuffer(part);
        });
    request.endHandler(
        end -> {
          if (!refused[0]) {
            request.exceptionHandler(failure -> {});
            next.read(body.toString(StandardCharsets.UTF_8));
          }
        });
  }

  /** HEAD counts as GET. */
  private static String method(HttpServerRequest request) {
    String name = request.method().name();
    return name.equals("HEAD") ? "GET" : name;
  }

  private boolean allows(HttpServerRequest request, Set<String> methods) {
    if (methods.contains(method(request))) {
      return true;
    }
    Set<String> allowed = new TreeSet<>(methods);
    if (methods.contains("GET")) {
      allowed.add("HEAD");
    }
    String list = String.join(", ", allowed);
    request.response().putHeader("Allow", list);
    reply(
        request,
        Answer.failed(
            405, request.method().name() + " is not for " + request.path() + "; use " + list));
    return false;
  }

  private void answer(HttpServerRequest request, ControlCalls.Call call, String body) {
    Map<String, String> query = new HashMap<>();
    request.params().forEach(entry -> query.put(entry.getKey(), entry.getValue()));
    Context context = vertx.getOrCreateContext();
    workers.execute(
        () -> {
          Answer answer = safely(String.valueOf(request.path()), call, query, body);
          requests.decrementAndGet();
          context.runOnContext(none -> reply(request, answer));
        });
  }

  private Answer safely(
      String name, ControlCalls.Call call, Map<String, String> query, String body) {
    try {
      return call.answer(query, body);
    } catch (ControlException e) {
      int status =
          switch (e.kind()) {
            case NOT_FOUND -> 404;
            case BAD_REQUEST -> 400;
            case FAILED -> 500;
            case UNAVAILABLE -> 503;
          };
      return Answer.failed(status, String.valueOf(e.getMessage()));
    } catch (StartException e) {
      return Answer.failed(500, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("control call {} failed", name, e);
      return Answer.failed(500, "internal error: " + e);
    }
  }

  /** Answers first and ends then, so that the caller hears of it. */
  private void shutdown(HttpServerRequest request) {
    requests.decrementAndGet();
    JsonObject out = new JsonObject();
    out.addProperty("pid", ProcessHandle.current().pid());
    reply(request, Answer.ok(out)).onComplete(sent -> workers.execute(core::shutdown));
  }

  private static Future<Void> reply(HttpServerRequest request, Answer answer) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return Future.succeededFuture();
    }
    response
        .setStatusCode(answer.status())
        .putHeader("Content-Type", answer.type())
        .putHeader("Cache-Control", "no-store");
    if (request.method().name().equals("HEAD")) {
      response.putHeader(
          "Content-Length",
          Integer.toString(answer.body().getBytes(StandardCharsets.UTF_8).length));
      return response.end();
    }
    return response.end(answer.body());
  }

  /** Server-sent events: the present states, then each change. A reader that lags is cut off. */
  private void stream(HttpServerRequest request) {
    if (eventListeners.incrementAndGet() > MOST_LISTENERS) {
      eventListeners.decrementAndGet();
      reply(request, Answer.failed(503, "too many listeners; close one"));
      return;
    }
    HttpServerResponse response = request.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store");
    Context context = vertx.getOrCreateContext();
    Runnable unsubscribe =
        core.subscribe(
            event -> {
              String text = "event: state\ndata: " + ControlCalls.json(event) + "\n\n";
              context.runOnContext(none -> push(request, text));
            });
    response.closeHandler(
        closed -> {
          unsubscribe.run();
          eventListeners.decrementAndGet();
        });
  }

  private void push(HttpServerRequest request, String text) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return;
    }
    if (response.writeQueueFull()) {
      log.warn("cut off a control listener that does not read");
      request.connection().close();
      return;
    }
    response.write(text);
  }

  /** Stops listening and takes the socket's file away; the Vert.x stays the caller's. */
  @Override
  public void close() throws IOException {
    server.close().await();
    workers.close();
    SocketPath.release(home, path);
  }
}
