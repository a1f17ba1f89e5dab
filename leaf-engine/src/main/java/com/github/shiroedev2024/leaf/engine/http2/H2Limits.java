package com.github.shiroedev2024.leaf.engine.http2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;

/** The bounds of a connection, on either side. */
final class H2Limits {
  /** Streams on one connection at once. */
  static final int STREAMS = 64;

  /** Bytes that one stream's peer may send before they are read. */
  static final int STREAM_WINDOW = 1 << 20;

  /** The same for all streams of a connection. */
  static final int CONNECTION_WINDOW = STREAMS * STREAM_WINDOW;

  /** Bytes of the fields of one head. */
  static final int HEADER_LIST = 16 * 1024;

  /** How long a connection without streams is kept, in seconds. */
  static final int IDLE_SECONDS = 60;

  /** How long the streams of a closing connection have, in milliseconds. */
  private static final int GRACE_MILLIS = 5000;

  private static final int FIRST_WINDOW = 65_535;

  private H2Limits() {}

  static Http2FrameCodec client() {
    return build(
        Http2FrameCodecBuilder.forClient(),
        Http2Settings.defaultSettings().pushEnabled(false).maxConcurrentStreams(0));
  }

  static Http2FrameCodec server() {
    return build(
        Http2FrameCodecBuilder.forServer(),
        Http2Settings.defaultSettings().maxConcurrentStreams(STREAMS));
  }

  private static Http2FrameCodec build(Http2FrameCodecBuilder builder, Http2Settings settings) {
    return builder
        .initialSettings(settings.initialWindowSize(STREAM_WINDOW).maxHeaderListSize(HEADER_LIST))
        .gracefulShutdownTimeoutMillis(GRACE_MILLIS)
        .build();
  }

  /** Closes the connection at once: the codec would give its streams time that is of no use. */
  static void cut(Channel connection) {
    ChannelHandlerContext codec = connection.pipeline().context(Http2FrameCodec.class);
    if (codec == null) {
      connection.close();
    } else {
      codec.close();
    }
  }

  /** Opens the connection's window; once, behind the codec's own first frames. */
  static void openWindow(Channel connection) {
    connection.writeAndFlush(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - FIRST_WINDOW));
  }
}
