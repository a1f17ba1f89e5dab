package com.github.shiroedev2024.leaf.sdk.http;

import java.io.IOException;

/** Carries requests to one server. Thread-safe. */
public interface HttpTransport {
  /**
   * Sends a request and reads the whole answer, whatever its status; blocks for that long.
   *
   * @throws java.net.ConnectException nothing listens there
   * @throws java.net.SocketTimeoutException the answer did not come in time
   * @throws IOException it broke off
   */
  ApiResponse send(ApiRequest request) throws IOException;

  /** Ends the connections; requests fail from now on. Harmless when done twice. */
  void close();
}
