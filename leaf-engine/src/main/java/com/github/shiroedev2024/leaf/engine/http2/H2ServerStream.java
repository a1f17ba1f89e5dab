package com.github.shiroedev2024.leaf.engine.http2;

import com.github.shiroedev2024.leaf.engine.http.Forwarded;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a stream. A request for something else is answered with its status; what else
 * comes on that stream is dropped until the client ends it or the accept timeout has passed.
 */
final class H2ServerStream extends H2Stream {
  private final H2Service service;
  private final EngineOptions options;
  private final Consumer<Channel> next;

  H2ServerStream(H2Service service, EngineOptions options, Consumer<Channel> next) {
    this.service = service;
    this.options = options;
    this.next = next;
  }

  @Override
  @Nullable SessionException head(ChannelHandlerContext ctx, Http2Headers request, boolean end) {
    int refusal = end ? 404 : service.refusal(request);
    if (refusal != 0) {
      refuse();
      ctx.writeAndFlush(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().status(Integer.toString(refusal)), true));
      var deadline =
          ctx.executor()
              .schedule(
                  () -> {
                    ctx.close();
                  },
                  options.get(EngineOptions.INBOUND_ACCEPT_TIMEOUT).toNanos(),
                  TimeUnit.NANOSECONDS);
      ctx.channel().closeFuture().addListener(closed -> deadline.cancel(false));
      return null;
    }
    ctx.writeAndFlush(new DefaultHttp2HeadersFrame(service.answer()));
    ChannelHandler codec = service.codec();
    if (codec != null) {
      ctx.pipeline().addLast(codec);
    }
    String forwarded = options.get(EngineOptions.HTTP_FORWARDED_HEADER).toLowerCase(Locale.ROOT);
    List<CharSequence> lists = request.getAll(forwarded);
    if (!lists.isEmpty()) {
      Forwarded.note(ctx.channel(), String.join(",", lists));
    }
    next.accept(ctx.channel());
    return null;
  }

  @Override
  @Nullable SessionException trailers(Http2Headers headers) {
    return null;
  }

  @Override
  @Nullable Http2Headers ownTrailers() {
    return service.trailers();
  }

  @Override
  @Nullable SessionException cut(String how, boolean wilful) {
    return wilful ? null : new SessionException(CloseReason.CLIENT_RESET, "the client " + how);
  }
}
