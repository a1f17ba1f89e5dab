package com.github.shiroedev2024.leaf.engine.http2;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What a transport's server answers, on each stream. */
public interface H2Service {
  /** The status that refuses a request, such as 404, or 0 when it is accepted. */
  int refusal(Http2Headers request);

  /** The head of the answer to a request that is accepted. */
  Http2Headers answer();

  /** The fields behind our last bytes, or null for none. */
  @Nullable Http2Headers trailers();

  /** What lies over the stream's bytes, or null when they are the payload itself. */
  @Nullable ChannelHandler codec();
}
