package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.http2.H2Service;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/** What a {@code grpc} server accepts: calls of its one method. */
record GrpcService(String path) implements H2Service {
  @Override
  public int refusal(Http2Headers request) {
    CharSequence type = request.get("content-type");
    boolean ours =
        request.path() != null
            && path.contentEquals(request.path())
            && request.method() != null
            && "POST".contentEquals(request.method())
            && type != null
            && type.toString().startsWith("application/grpc");
    return ours ? 0 : 404;
  }

  @Override
  public Http2Headers answer() {
    return new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
  }

  @Override
  public Http2Headers trailers() {
    return new DefaultHttp2Headers().set("grpc-status", "0");
  }

  @Override
  public ChannelHandler codec() {
    return new GrpcStream("grpc client");
  }
}
