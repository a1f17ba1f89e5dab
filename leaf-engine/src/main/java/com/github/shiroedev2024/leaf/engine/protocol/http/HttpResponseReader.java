package com.github.shiroedev2024.leaf.engine.protocol.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Reads what servers answer; it has to be told which requests were HEAD. */
final class HttpResponseReader extends HttpResponseDecoder {
  private boolean head;

  HttpResponseReader() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(HttpRequestReader.MAX_HEAD)
            .setMaxHeaderSize(HttpRequestReader.MAX_HEAD)
            .setMaxChunkSize(HttpRequestReader.MAX_PIECE));
  }

  /** The next response answers a HEAD, and so has no body whatever its fields say. */
  void head(boolean yes) {
    head = yes;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    // What follows a switch of protocols is not HTTP.
    boolean switching = message instanceof HttpResponse response && response.status().code() == 101;
    return head || switching || super.isContentAlwaysEmpty(message);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Content-Length and Transfer-Encoding in one message");
  }
}
