package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.http2.H2Request;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What an {@code h2} client asks for. */
record H2PutRequest(H2Options options, String userAgent) implements H2Request {
  @Override
  public String name() {
    return "h2";
  }

  @Override
  public Http2Headers headers(Destination server) {
    List<String> hosts = options.hosts();
    String host =
        hosts.isEmpty()
            ? HttpText.host(server)
            : hosts.get(ThreadLocalRandom.current().nextInt(hosts.size()));
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("PUT")
            .scheme("https")
            .authority(host)
            .path(options.path());
    if (!userAgent.isEmpty()) {
      headers.set("user-agent", userAgent);
    }
    return headers;
  }

  @Override
  public @Nullable SessionException trailers(String peer, Http2Headers headers) {
    return null;
  }

  @Override
  public @Nullable ChannelHandler codec(String peer) {
    return null;
  }
}
