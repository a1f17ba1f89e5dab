package com.github.shiroedev2024.leaf.sdk.http;

import com.github.shiroedev2024.leaf.sdk.LeafException;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls: sends a request, turns the answer into a reply and every failure into an {@code
 * IOException} that names the call and the server.
 */
public final class ApiCaller {
  private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private final HttpTransport transport;
  private final String server;
  private final String notRunning;
  private final String remedy;
  private final Duration timeout;

  /**
   * A caller of one server.
   *
   * @param server how messages name it, such as {@code 127.0.0.1:10001}
   * @param notRunning begins the message when nothing listens there
   * @param remedy ends it
   * @param timeout how long the transport waits
   */
  public ApiCaller(
      HttpTransport transport, String server, String notRunning, String remedy, Duration timeout) {
    this.transport = transport;
    this.server = server;
    this.notRunning = notRunning;
    this.remedy = remedy;
    this.timeout = timeout;
  }

  /** Makes a call whose answer is of no interest. */
  public void call(ApiRequest request) throws IOException {
    send(request);
  }

  /** Makes a call whose answer is JSON of this type. */
  public <T> T call(ApiRequest request, Class<T> type) throws IOException {
    ApiResponse response = send(request);
    T reply;
    try {
      reply = GSON.fromJson(response.body(), type);
    } catch (JsonParseException e) {
      throw new IOException(notJson(request, response, e), e);
    }
    if (reply == null) {
      throw new IOException(notJson(request, response, null));
    }
    return reply;
  }

  private ApiResponse send(ApiRequest request) throws IOException {
    ApiResponse response;
    try {
      response = transport.send(request);
    } catch (ConnectException e) {
      ConnectException told = new ConnectException(notRunning + " (" + reason(e) + ")" + remedy);
      told.initCause(e);
      throw told;
    } catch (InterruptedIOException e) {
      throw interrupted(request, e);
    } catch (IOException e) {
      throw new IOException(
          request.call() + ": the exchange with " + server + " broke off: " + e.getMessage(), e);
    }
    if (response.isHtml()) {
      String text =
          request.call()
              + ": "
              + server
              + " answered HTTP "
              + response.status()
              + " with a page of HTML, so it is not Leaf's API; it begins '"
              + response.excerpt()
              + "'";
      throw response.succeeded()
          ? new IOException(text)
          : new LeafException(response.status(), text);
    }
    if (!response.succeeded()) {
      String text = response.body().trim();
      throw new LeafException(
          response.status(),
          text.isEmpty()
              ? request.call() + ": " + server + " answered HTTP " + response.status()
              : text);
    }
    return response;
  }

  private static String reason(ConnectException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused")) {
        return "connection refused";
      }
    }
    return String.valueOf(failure.getMessage());
  }

  /** A timeout, or the thread's interruption, which some transports report the same way. */
  private IOException interrupted(ApiRequest request, InterruptedIOException failure) {
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    InterruptedIOException told;
    if (failure instanceof SocketTimeoutException || text.contains("time")) {
      told =
          new SocketTimeoutException(
              request.call() + ": " + server + " did not answer within " + words(timeout));
    } else {
      told = new InterruptedIOException(request.call() + ": interrupted");
    }
    told.initCause(failure);
    return told;
  }

  private static String words(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }

  private String notJson(
      ApiRequest request, ApiResponse response, @Nullable JsonParseException cause) {
    boolean early = response.body().trim().isEmpty() || (cause != null && endsEarly(cause));
    return request.call()
        + ": the answer of "
        + server
        + (early ? " ends before its JSON does" : " is not the JSON expected")
        + "; it begins '"
        + response.excerpt()
        + "'";
  }

  /** Gson reports the end of the text within a name or string as a string that is not closed. */
  private static boolean endsEarly(JsonParseException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof EOFException
        || (cause != null && String.valueOf(cause.getMessage()).startsWith("Unterminated string"));
  }
}
