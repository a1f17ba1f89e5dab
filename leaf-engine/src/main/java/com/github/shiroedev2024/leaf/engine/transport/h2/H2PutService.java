package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.http2.H2Service;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What an {@code h2} server accepts: any method with a body, at its path and hosts. */
record H2PutService(H2ServerOptions options) implements H2Service {
  @Override
  public int refusal(Http2Headers request) {
    String authority = request.authority() == null ? null : request.authority().toString();
    boolean ours =
        HttpText.isPath(options.path(), request.path())
            && (options.hosts().isEmpty()
                || options.hosts().stream().anyMatch(host -> HttpText.isHost(host, authority)));
    return ours ? 0 : 404;
  }

  @Override
  public Http2Headers answer() {
    return new DefaultHttp2Headers().status("200").set("cache-control", "no-store");
  }

  @Override
  public @Nullable Http2Headers trailers() {
    return null;
  }

  @Override
  public @Nullable ChannelHandler codec() {
    return null;
  }
}
