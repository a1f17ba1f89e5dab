package com.github.shiroedev2024.leaf.it.interop;

/** What carries the protocol; TLS may lie below each. */
enum Transport {
  TCP("tcp"),
  WS("ws"),
  /** WebSocket whose first bytes ride in the request. */
  WS_EARLY("ws with early data"),
  HTTPUPGRADE("httpupgrade"),
  H2("h2"),
  GRPC("grpc"),
  QUIC("quic"),
  OBFS_HTTP("obfs http"),
  OBFS_TLS("obfs tls");

  /** Bytes that go in the request of {@link #WS_EARLY}. */
  static final int EARLY_BYTES = 2048;

  static final String PATH = "/t";
  static final String SERVICE = "tunnel";

  private final String words;

  Transport(String words) {
    this.words = words;
  }

  boolean webSocket() {
    return this == WS || this == WS_EARLY;
  }

  boolean http2() {
    return this == H2 || this == GRPC;
  }

  /** The application protocol that both ends agree on. */
  String alpn() {
    return this == QUIC ? "h3" : http2() ? "h2" : "http/1.1";
  }

  boolean obfs() {
    return this == OBFS_HTTP || this == OBFS_TLS;
  }

  @Override
  public String toString() {
    return words;
  }
}
