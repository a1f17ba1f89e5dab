package com.github.shiroedev2024.leaf.api.http;

import java.time.Duration;

/**
 * What an API server holds at most.
 *
 * @param connections open at once; further ones are closed at once
 * @param calls being answered at once, those whose client is gone included; further ones get 503
 * @param bodyBytes a request's body, which no call reads; longer ones get 413
 * @param headerBytes all headers of a request; longer ones get 431
 * @param idle how long a connection may stay without a request, or without taking its answer
 */
public record Limits(int connections, int calls, int bodyBytes, int headerBytes, Duration idle) {
  public static final Limits DEFAULT =
      new Limits(2048, 2048, 64 << 10, 32 << 10, Duration.ofSeconds(60));
}
