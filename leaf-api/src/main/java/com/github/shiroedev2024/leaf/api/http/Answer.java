package com.github.shiroedev2024.leaf.api.http;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one reply. What fits in one piece goes out whole, with its length; more goes out in chunks,
 * and the writer waits whenever the client has not taken what was sent before. All but the
 * constructor runs on the call's virtual thread.
 */
final class Answer implements Reply.Sink {
  /** Characters gathered before they are sent. */
  private static final int PIECE = 16 << 10;

  private final Context context;
  private final HttpConnection connection;
  private final HttpServerResponse response;
  private final Connections connections;
  private final boolean head;
  private final StringBuilder piece = new StringBuilder();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();
  private boolean started;
  private long headBytes;

  /** On the event loop. */
  Answer(Context context, HttpServerRequest request, Connections connections) {
    this.context = context;
    this.connection = request.connection();
    this.response = request.response();
    this.connections = connections;
    this.head = request.method().equals(HttpMethod.HEAD);
    response.closeHandler(
        closed -> gone.completeExceptionally(new IOException("the client closed the connection")));
    response.exceptionHandler(gone::completeExceptionally);
  }

  /** Whether bytes are out, so that the status can no longer change. */
  boolean started() {
    return started;
  }

  void send(Reply reply) throws IOException {
    piece.setLength(0);
    context.runOnContext(
        now -> {
          response.setStatusCode(reply.status());
          response.putHeader("Content-Type", reply.contentType());
          reply.headers().forEach(response::putHeader);
        });
    reply.body().writeTo(this);
    Buffer last = Buffer.buffer(Reply.bytes(piece));
    started = true;
    CompletableFuture<Void> sent = new CompletableFuture<>();
    context.runOnContext(
        now -> {
          connections.waiting(connection);
          if (head) {
            response.putHeader("Content-Length", Long.toString(headBytes + last.length()));
          }
          (head || last.length() == 0 ? response.end() : response.end(last))
              .onComplete(done -> sent.complete(null));
        });
    try {
      await(sent);
    } finally {
      Runnable afterwards = reply.afterwards();
      if (afterwards != null) {
        afterwards.run();
      }
    }
  }

  @Override
  public void write(CharSequence text) throws IOException {
    piece.append(text);
    if (piece.length() < PIECE) {
      return;
    }
    if (Character.isHighSurrogate(piece.charAt(piece.length() - 1))) {
      return; // Its other half comes next.
    }
    Buffer chunk = Buffer.buffer(Reply.bytes(piece));
    piece.setLength(0);
    if (head) {
      headBytes += chunk.length();
      return;
    }
    started = true;
    CompletableFuture<Void> room = new CompletableFuture<>();
    context.runOnContext(
        now -> {
          if (!response.headWritten()) {
            response.setChunked(true);
          }
          response.write(chunk);
          if (response.writeQueueFull()) {
            connections.waiting(connection);
            response.drainHandler(
                drained -> {
                  connections.calling(connection);
                  room.complete(null);
                });
          } else {
            room.complete(null);
          }
        });
    await(room);
  }

  private void await(CompletableFuture<Void> step) throws IOException {
    try {
      CompletableFuture.anyOf(step, gone).get();
    } catch (ExecutionException e) {
      throw new ClientGoneException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientGoneException(e);
    }
  }

  /** The connection ended before the answer did. */
  static final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1;

    ClientGoneException(@Nullable Throwable cause) {
      super("the client is gone", cause);
    }
  }
}
