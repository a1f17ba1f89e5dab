package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** The client's end of a stream. Whether it was accepted shows with the first that comes back. */
final class H2ClientStream extends H2Stream {
  private final H2Request request;
  private final String peer;

  H2ClientStream(H2Request request, String peer) {
    this.request = request;
    this.peer = peer;
  }

  @Override
  @Nullable SessionException head(ChannelHandlerContext ctx, Http2Headers headers, boolean end) {
    CharSequence status = headers.status();
    if (status == null || !"200".contentEquals(status)) {
      return new SessionException(
          CloseReason.HANDSHAKE_FAILED,
          peer + " answered with status " + status + " instead of 200; check path and host");
    }
    return null;
  }

  @Override
  @Nullable SessionException trailers(Http2Headers headers) {
    return request.trailers(peer, headers);
  }

  @Override
  @Nullable Http2Headers ownTrailers() {
    return null;
  }

  @Override
  SessionException cut(String how, boolean wilful) {
    return reset(peer, how);
  }
}
