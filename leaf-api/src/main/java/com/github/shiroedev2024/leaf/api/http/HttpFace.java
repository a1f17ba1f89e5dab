package com.github.shiroedev2024.leaf.api.http;

import com.github.shiroedev2024.leaf.api.http.Answer.ClientGoneException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link RouteTable} on a Vert.x HTTP server: guards, methods, limits, and plain text for
 * whatever is not a success. Requests are read and answers written on the server's one event loop;
 * each call runs on a virtual thread of its own, so it may block, and their number is bounded.
 */
public final class HttpFace {
  /** How often idle connections are looked for; milliseconds. */
  private static final long SWEEP_MILLIS = 1000;

  private final RouteTable table;
  private final @Nullable Guard guard;
  private final Limits limits;
  private final Supplier<@Nullable String> unavailable;
  private final Consumer<String> log;
  private final Connections connections;
  private final AtomicInteger calls = new AtomicInteger();

  /**
   * @param guard null where no browser can call, as on a Unix socket
   * @param unavailable why no call can be answered now; null when calls can
   * @param log told the text of each answer with status 500; from any thread
   */
  public HttpFace(
      RouteTable table,
      @Nullable Guard guard,
      Limits limits,
      Supplier<@Nullable String> unavailable,
      Consumer<String> log) {
    this.table = table;
    this.guard = guard;
    this.limits = limits;
    this.unavailable = unavailable;
    this.log = log;
    this.connections = new Connections(limits);
  }

  /** Options that fit this face; the caller may add to them. */
  public HttpServerOptions options() {
    return new HttpServerOptions()
        .setMaxHeaderSize(limits.headerBytes())
        .setMaxInitialLineLength(limits.headerBytes())
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setTcpNoDelay(true);
  }

  /** Makes this server answer with this face; before it listens. */
  public HttpServer serve(Vertx vertx, HttpServer server) {
    Router router = Router.router(vertx);
    router.route().handler(this::handle);
    for (int status : List.of(400, 404, 405, 413, 415, 500)) {
      router.errorHandler(
          status, rc -> refuse(rc.request(), status, standardText(status, rc.failure())));
    }
    vertx.setPeriodic(SWEEP_MILLIS, timer -> connections.sweep());
    return server
        .connectionHandler(connections::opened)
        .invalidRequestHandler(this::invalid)
        .requestHandler(
            request -> {
              commonHeaders(request.response());
              if (passes(request)) {
                router.handle(request);
              }
            });
  }

  private String standardText(int status, @Nullable Throwable failure) {
    if (status == 500) {
      return internalError(failure == null ? new IllegalStateException("no cause") : failure);
    }
    return status == 404 ? "no such path" : "bad request";
  }

  /** What Netty could not parse; the connection ends after the answer. */
  private void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      close(request, 414, "the request line is longer than " + limits.headerBytes() + " bytes");
    } else if (cause instanceof TooLongHttpHeaderException) {
      close(request, 431, "the headers are longer than " + limits.headerBytes() + " bytes");
    } else {
      close(request, 400, "this is not a well-formed HTTP request");
    }
  }

  private static void close(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    commonHeaders(response);
    response.putHeader("Connection", "close");
    response
        .setStatusCode(status)
        .putHeader("Content-Type", Reply.TEXT)
        .end(text)
        .onComplete(sent -> request.connection().close());
  }

  private static void commonHeaders(HttpServerResponse response) {
    response
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
  }

  private void handle(RoutingContext rc) {
    HttpServerRequest request = rc.request();
    HttpServerResponse response = rc.response();
    String path = request.path();
    RouteTable.Match match = path == null ? null : table.match(path);
    if (match == null) {
      refuse(request, 404, "no such path: " + shown(path));
      return;
    }
    String allow = String.join(", ", match.resource().methods());
    String method = request.method().name();
    if (method.equals("OPTIONS")) {
      preflight(request, allow);
      return;
    }
    Route route = match.resource().route(method);
    if (route == null) {
      response.putHeader("Allow", allow);
      refuse(request, 405, "method " + shown(method) + " is not allowed here; allowed: " + allow);
      return;
    }
    Call call = new Call(match.rawTag(), request.query());
    afterBody(rc, () -> begin(rc, route, call));
  }

  /** Before the router, which has words of its own for a host it does not like. */
  private boolean passes(HttpServerRequest request) {
    if (guard == null) {
      return true;
    }
    List<String> origins = request.headers().getAll("Origin");
    request.response().putHeader("Vary", "Origin");
    Guard.Refusal refusal =
        guard.check(
            request.headers().getAll("Host"),
            authority(request.uri()),
            origins,
            request.getHeader("Sec-Fetch-Site"));
    if (refusal != null) {
      refuse(request, refusal.status(), refusal.text());
      return false;
    }
    if (!origins.isEmpty()) {
      request.response().putHeader("Access-Control-Allow-Origin", origins.getFirst());
    }
    return true;
  }

  /** The authority of a target in absolute form (RFC 9112, 3.2.2), else null. */
  private static @Nullable String authority(String target) {
    int scheme = target.indexOf("://");
    if (target.startsWith("/") || scheme < 0) {
      return null;
    }
    int end = scheme + 3;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return target.substring(scheme + 3, end);
  }

  private static void preflight(HttpServerRequest request, String allow) {
    HttpServerResponse response = request.response().setStatusCode(204).putHeader("Allow", allow);
    if (request.getHeader("Origin") != null
        && request.getHeader("Access-Control-Request-Method") != null) {
      response.putHeader("Access-Control-Allow-Methods", allow);
      response.putHeader("Access-Control-Max-Age", "600");
      String headers = request.getHeader("Access-Control-Request-Headers");
      if (headers != null) {
        response.putHeader("Access-Control-Allow-Headers", headers);
      }
      if (request.getHeader("Access-Control-Request-Private-Network") != null) {
        response.putHeader("Access-Control-Allow-Private-Network", "true");
      }
    }
    response.end();
  }

  /** Reads and drops the body, which no call uses, within the limit. */
  private void afterBody(RoutingContext rc, Runnable next) {
    HttpServerRequest request = rc.request();
    String length = request.getHeader("Content-Length");
    if (length == null && request.getHeader("Transfer-Encoding") == null) {
      next.run();
      return;
    }
    if (length != null && (length.length() > 18 || Long.parseLong(length) > limits.bodyBytes())) {
      tooLarge(request);
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    long[] read = new long[1];
    request.handler(
        chunk -> {
          read[0] += chunk.length();
          if (read[0] > limits.bodyBytes() && !request.response().ended()) {
            tooLarge(request);
          }
        });
    request.endHandler(
        ended -> {
          if (!request.response().ended()) {
            next.run();
          }
        });
  }

  private void tooLarge(HttpServerRequest request) {
    close(request, 413, "the body is larger than " + limits.bodyBytes() + " bytes; none is needed");
  }

  private void begin(RoutingContext rc, Route route, Call call) {
    String why = unavailable.get();
    if (why != null) {
      rc.response().putHeader("Retry-After", "1");
      refuse(rc.request(), 503, why);
      return;
    }
    if (calls.incrementAndGet() > limits.calls()) {
      calls.decrementAndGet();
      rc.response().putHeader("Retry-After", "1");
      refuse(rc.request(), 503, "too many calls at once; at most " + limits.calls());
      return;
    }
    Context context = rc.vertx().getOrCreateContext();
    Answer answer = new Answer(context, rc.request(), connections);
    connections.calling(rc.request().connection());
    Thread.ofVirtual().name("leaf-api-call").start(() -> answer(answer, route, call, rc));
  }

  private void answer(Answer answer, Route route, Call call, RoutingContext rc) {
    try {
      answer.send(route.action().call(call));
    } catch (ClientGoneException e) {
      reset(rc); // Nobody is there to be told.
    } catch (RejectedExecutionException e) {
      // The server has stopped in between, and with it the connection.
    } catch (Throwable e) {
      fail(answer, e, rc);
    } finally {
      calls.decrementAndGet();
    }
  }

  private void fail(Answer answer, Throwable failure, RoutingContext rc) {
    Reply error = error(failure);
    try {
      if (answer.started()) {
        reset(rc); // The status is out already: a cut answer is the only way to tell.
      } else {
        answer.send(error);
      }
    } catch (IOException e) {
      reset(rc);
    } catch (RejectedExecutionException e) {
      // As above.
    }
  }

  private static void reset(RoutingContext rc) {
    rc.vertx().runOnContext(now -> rc.request().connection().close());
  }

  /** The one place where failures become statuses. */
  private Reply error(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ControlException control) {
      String text = String.valueOf(control.getMessage());
      return switch (control.kind()) {
        case NOT_FOUND -> Reply.text(404, text);
        case BAD_REQUEST -> Reply.text(400, text);
        case UNAVAILABLE -> Reply.text(503, text);
        case FAILED -> {
          log.accept(text);
          yield Reply.text(500, text);
        }
      };
    }
    return Reply.text(500, internalError(cause));
  }

  private String internalError(Throwable cause) {
    String text = "internal error: " + cause;
    log.accept(text);
    return text;
  }

  private static void refuse(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    if (response.ended()) {
      return;
    }
    response.setStatusCode(status).putHeader("Content-Type", Reply.TEXT);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("Content-Length", Integer.toString(Reply.bytes(text).length)).end();
    } else {
      response.end(text);
    }
  }

  private static String shown(@Nullable String text) {
    // Each character of a target is one byte, and most likely part of UTF-8.
    String some =
        text == null
            ? ""
            : new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    return some.length() > 200 ? some.substring(0, 200) + "…" : some;
  }
}
