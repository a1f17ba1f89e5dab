package com.github.shiroedev2024.leaf.android.library;

import com.github.shiroedev2024.leaf.android.library.http.ApiAddress;
import com.github.shiroedev2024.leaf.android.library.model.LeafPreferences;
import java.time.Duration;

/**
 * Calls a running Leaf over OkHttp. One client serves all threads of an app and keeps its
 * connections open between calls; close it when done. Calls block, so they do not belong on the
 * main thread, and the app needs the {@code INTERNET} permission and clear text for 127.0.0.1.
 *
 * <pre>{@code
 * ApiClient leaf = new ApiClient("http://127.0.0.1:" + preferences.getApiPort());
 * for (OutboundInfo node : leaf.getSelectOutboundItems("OUT").getOutbounds()) {
 *   Double latency = leaf.getOutboundHealth(node.getName()).getTcpMs();
 * }
 * }</pre>
 */
public final class ApiClient extends RuntimeApi {
  /**
   * A client of the API at a base URL, with the default timeouts.
   *
   * @param baseUrl such as {@code http://127.0.0.1:10001}
   * @throws IllegalArgumentException it is no {@code http} URL of a host
   */
  public ApiClient(String baseUrl) {
    this(builder(baseUrl));
  }

  /**
   * A client of the API on a port of 127.0.0.1, with the default timeouts.
   *
   * @param port 1 to 65535
   */
  public ApiClient(int port) {
    this(builder(port));
  }

  /** A client of the API on the port that the preferences name, with the default timeouts. */
  public ApiClient(LeafPreferences preferences) {
    this(builder(preferences.getApiPort()));
  }

  private ApiClient(Builder builder) {
    super(
        builder.address,
        builder.responseTimeout,
        new OkHttpTransport(
            builder.address,
            builder.connectTimeout,
            builder.responseTimeout,
            builder.maxIdleConnections));
  }

  /** Begins a client of the API at a base URL such as {@code http://127.0.0.1:10001}. */
  public static Builder builder(String baseUrl) {
    return new Builder(ApiAddress.of(baseUrl));
  }

  /** Begins a client of the API on a port of 127.0.0.1. */
  public static Builder builder(int port) {
    return new Builder(ApiAddress.of(port));
  }

  /** Settings of a client; not thread-safe. */
  public static final class Builder {
    private final ApiAddress address;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration responseTimeout = Duration.ofSeconds(30);
    private int maxIdleConnections = 32;

    private Builder(ApiAddress address) {
      this.address = address;
    }

    /** How long opening a connection may take; 5 s by default. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive(timeout);
      return this;
    }

    /** How long an answer may take; 30 s by default. */
    public Builder responseTimeout(Duration timeout) {
      this.responseTimeout = positive(timeout);
      return this;
    }

    /** How many connections stay open between calls, 0 or more; 32 by default. */
    public Builder maxIdleConnections(int connections) {
      if (connections < 0) {
        throw new IllegalArgumentException("maxIdleConnections is " + connections + "; at least 0");
      }
      this.maxIdleConnections = connections;
      return this;
    }

    private static Duration positive(Duration timeout) {
      if (timeout.toMillis() < 1) {
        throw new IllegalArgumentException("the timeout is " + timeout + "; at least 1 ms");
      }
      return timeout;
    }

    /** A client with these settings. */
    public ApiClient build() {
      return new ApiClient(this);
    }
  }
}
