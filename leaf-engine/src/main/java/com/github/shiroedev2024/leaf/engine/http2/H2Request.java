package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/** What a transport asks a server for, on each stream. */
public interface H2Request {
  /** The transport's name, for failures: {@code grpc}. */
  String name();

  /** The head of a stream's request. */
  Http2Headers headers(Destination server);

  /** A failure that the fields behind the last bytes tell, or null. */
  @Nullable SessionException trailers(String peer, Http2Headers headers);

  /** What lies over the stream's bytes, or null when they are the payload itself. */
  @Nullable ChannelHandler codec(String peer);
}
