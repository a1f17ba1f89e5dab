package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.http2.H2Request;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What a {@code grpc} client asks for. */
record GrpcCall(GrpcOptions options, String userAgent) implements H2Request {
  @Override
  public String name() {
    return "grpc";
  }

  @Override
  public Http2Headers headers(Destination server) {
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("https")
            .authority(HttpText.host(server))
            .path(options.path())
            .set("content-type", "application/grpc")
            .set("te", "trailers");
    if (!userAgent.isEmpty()) {
      headers.set("user-agent", userAgent);
    }
    return headers;
  }

  /** A call that failed says so; one without a status, as some servers end it, did not. */
  @Override
  public @Nullable SessionException trailers(String peer, Http2Headers headers) {
    CharSequence status = headers.get("grpc-status");
    if (status == null || "0".contentEquals(status)) {
      return null;
    }
    CharSequence message = headers.get("grpc-message");
    return new SessionException(
        CloseReason.REMOTE_RESET,
        peer
            + " ended the call with grpc-status "
            + status
            + (message == null || message.isEmpty() ? "" : " (" + message + ")"));
  }

  @Override
  public ChannelHandler codec(String peer) {
    return new GrpcStream(peer);
  }
}
