package com.github.shiroedev2024.leaf.engine.protocol.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Reads what clients send; a message that could be understood in two ways stays as it came. */
final class HttpRequestReader extends HttpRequestDecoder {
  /** Bytes of the request line, and again of all header fields. */
  static final int MAX_HEAD = 64 * 1024;

  /** Bytes of a body passed on at once. */
  static final int MAX_PIECE = 64 * 1024;

  HttpRequestReader() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_HEAD)
            .setMaxHeaderSize(MAX_HEAD)
            .setMaxChunkSize(MAX_PIECE));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Content-Length and Transfer-Encoding in one message");
  }
}
