package com.github.shiroedev2024.leaf.desktop.http;

import com.github.shiroedev2024.leaf.sdk.http.ApiRequest;
import com.github.shiroedev2024.leaf.sdk.http.ApiResponse;
import com.github.shiroedev2024.leaf.sdk.http.BodyReader;
import com.github.shiroedev2024.leaf.sdk.http.HttpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Carries requests over a pool of connections to one server. */
public final class HttpClientTransport implements HttpTransport {
  /** A connection idle for longer is looked at before use: the server may have ended it. */
  private static final TimeValue FRESH = TimeValue.ofMilliseconds(100);

  private final String base;
  private final @Nullable Path socket;
  private final Duration responseTimeout;
  private final RequestConfig config;
  private final CloseableHttpClient client;
  private final Deadlines deadlines;

  /**
   * Opens nothing yet.
   *
   * @param base what targets are appended to
   * @param socket the Unix socket to call instead of the base's host; null for TCP
   * @param maxConnections how many requests may be under way at once; more wait
   */
  public HttpClientTransport(
      String base,
      @Nullable Path socket,
      Duration connectTimeout,
      Duration responseTimeout,
      int maxConnections) {
    this.base = base;
    this.socket = socket;
    this.responseTimeout = responseTimeout;
    this.deadlines = new Deadlines(responseTimeout);
    RequestConfig.Builder request =
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(responseTimeout))
            .setResponseTimeout(Timeout.of(responseTimeout));
    if (socket != null) {
      request.setUnixDomainSocket(socket);
    }
    this.config = request.build();
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(Timeout.of(connectTimeout))
                            .setSocketTimeout(Timeout.of(responseTimeout))
                            .setValidateAfterInactivity(FRESH)
                            .build())
                    .setMaxConnPerRoute(maxConnections)
                    .setMaxConnTotal(maxConnections)
                    .build())
            .setUserAgent("leaf-sdk-desktop/0.1.0")
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  @Override
  public ApiResponse send(ApiRequest request) throws IOException {
    try {
      return attempt(request);
    } catch (NoHttpResponseException e) {
      if (!request.method().equals("GET")) {
        throw e;
      }
      return attempt(request); // the server ended the pooled connection as we took it
    }
  }

  private ApiResponse attempt(ApiRequest request) throws IOException {
    HttpUriRequestBase message = message(request, config);
    BodyReader reader = new BodyReader(responseTimeout);
    try (Deadlines.Watch watch = deadlines.watch(message::abort)) {
      try {
        return client.execute(message, response -> read(response, reader));
      } catch (SocketException e) {
        throw watch.told(missing(e));
      } catch (IOException e) {
        throw watch.told(e);
      }
    } catch (IllegalStateException | RejectedExecutionException e) {
      throw new IOException("the client is closed", e);
    }
  }

  /** A socket file that is not there comes as a plain socket error. */
  private SocketException missing(SocketException failure) {
    if (socket == null || Files.exists(socket)) {
      return failure;
    }
    ConnectException told = new ConnectException("there is no " + socket);
    told.initCause(failure);
    return told;
  }

  private HttpUriRequestBase message(ApiRequest request, RequestConfig requestConfig) {
    HttpUriRequestBase message =
        new HttpUriRequestBase(request.method(), URI.create(base + request.target()));
    String body = request.body();
    if (body != null) {
      message.setEntity(
          new StringEntity(body, ContentType.APPLICATION_JSON.withCharset(StandardCharsets.UTF_8)));
    }
    message.setConfig(requestConfig);
    return message;
  }

  private static ApiResponse read(ClassicHttpResponse response, BodyReader reader)
      throws IOException {
    HttpEntity entity = response.getEntity();
    return new ApiResponse(
        response.getCode(),
        entity == null ? null : entity.getContentType(),
        entity == null ? new byte[0] : reader.read(entity.getContent()));
  }

  /**
   * Reads an endless answer line by line until it ends or is cancelled.
   *
   * @param started is given what cancels it, from any thread
   * @return null after a success, else the refusal
   */
  public @Nullable ApiResponse stream(
      ApiRequest request, Consumer<Runnable> started, Consumer<String> line) throws IOException {
    HttpUriRequestBase message =
        message(request, RequestConfig.copy(config).setResponseTimeout(Timeout.DISABLED).build());
    started.accept(message::abort);
    try {
      return client.execute(message, response -> lines(response, line));
    } catch (SocketException e) {
      throw missing(e);
    }
  }

  private @Nullable ApiResponse lines(ClassicHttpResponse response, Consumer<String> line)
      throws IOException {
    HttpEntity entity = response.getEntity();
    if (response.getCode() / 100 != 2 || entity == null) {
      return read(response, new BodyReader(responseTimeout));
    }
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(entity.getContent(), StandardCharsets.UTF_8));
    for (String next = lines.readLine(); next != null; next = lines.readLine()) {
      line.accept(next);
    }
    return null;
  }

  @Override
  public void close() {
    deadlines.close();
    client.close(CloseMode.IMMEDIATE);
  }
}
