package com.github.shiroedev2024.leaf.android.library;

import com.github.shiroedev2024.leaf.android.library.http.ApiAddress;
import com.github.shiroedev2024.leaf.android.library.http.ApiRequest;
import com.github.shiroedev2024.leaf.android.library.http.ApiResponse;
import com.github.shiroedev2024.leaf.android.library.http.BodyReader;
import com.github.shiroedev2024.leaf.android.library.http.HttpTransport;
import java.io.IOException;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/** Carries requests over OkHttp's pool of connections to one server. */
final class OkHttpTransport implements HttpTransport {
  private static final long IDLE_MINUTES = 5;

  /** In seconds; OkHttp leaves any wait to the caller. */
  private static final String LATER = "1";

  private final ApiAddress address;
  private final Duration responseTimeout;
  private final OkHttpClient client;
  private volatile boolean closed;

  /** Opens nothing yet; keeps at most so many idle connections. */
  OkHttpTransport(
      ApiAddress address, Duration connectTimeout, Duration responseTimeout, int idleConnections) {
    this.address = address;
    this.responseTimeout = responseTimeout;
    this.client =
        new OkHttpClient.Builder()
            .proxy(Proxy.NO_PROXY) // a proxy of the system cannot reach this device's loopback
            .followRedirects(false)
            .addNetworkInterceptor(OkHttpTransport::unrepeated)
            .connectTimeout(connectTimeout)
            .readTimeout(responseTimeout)
            .writeTimeout(responseTimeout)
            .callTimeout(responseTimeout)
            .connectionPool(new ConnectionPool(idleConnections, IDLE_MINUTES, TimeUnit.MINUTES))
            .build();
  }

  /**
   * OkHttp repeats a request by itself after a 408, and after a 503 whose Retry-After is 0; here
   * the caller decides, for the request may be an order.
   */
  private static Response unrepeated(Interceptor.Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    return response.code() == 408 || response.code() == 503
        ? response.newBuilder().header("Retry-After", LATER).build()
        : response;
  }

  @Override
  public ApiResponse send(ApiRequest request) throws IOException {
    if (closed) {
      throw new IOException("the client is closed");
    }
    BodyReader reader = new BodyReader(responseTimeout);
    Request message =
        new Request.Builder()
            .url(url(request))
            .header("User-Agent", "leaf-sdk-android/0.1.0")
            .method(request.method(), body(request))
            .build();
    try (Response response = client.newCall(message).execute()) {
      ResponseBody body = response.body();
      return new ApiResponse(
          response.code(), response.header("Content-Type"), reader.read(body.byteStream()));
    }
  }

  /** OkHttp resolves the segments {@code .} and {@code ..} however they are encoded. */
  private HttpUrl url(ApiRequest request) throws IOException {
    String wanted = address.url(request.target());
    HttpUrl url = HttpUrl.get(wanted);
    if (!url.toString().equals(wanted)) {
      throw new IOException("this client cannot send " + request.target());
    }
    return url;
  }

  private static @Nullable RequestBody body(ApiRequest request) {
    String body = request.body();
    if (body != null) {
      return RequestBody.create(
          body.getBytes(StandardCharsets.UTF_8), MediaType.get("application/json; charset=utf-8"));
    }
    return request.method().equals("GET") ? null : RequestBody.create(new byte[0], null);
  }

  @Override
  public void close() {
    closed = true;
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
  }
}
