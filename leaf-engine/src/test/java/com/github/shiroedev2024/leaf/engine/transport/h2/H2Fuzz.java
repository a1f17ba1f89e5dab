package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.List;

/** A connection of HTTP/2 to the server, behind a right preface unless the second byte is odd. */
public final class H2Fuzz {
  private static final byte[] PREFACE = ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf());
  private static final H2Layer LAYER =
      new H2Layer(new H2PutService(new H2ServerOptions(List.of(), "/")), EngineOptions.defaults());

  /** What Netty answers a frame, such as an acknowledgement, has the size of frames. */
  private static final DecoderFuzz FUZZ =
      DecoderFuzz.of(H2Fuzz::served, Exception.class).atMost(20, 2000).cutMatters();

  private H2Fuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    if ((input[1] & 1) == 0) {
      byte[] all = Arrays.copyOf(PREFACE, PREFACE.length + rest.length);
      System.arraycopy(rest, 0, all, PREFACE.length, rest.length);
      rest = all;
    }
    FUZZ.run(input[0], rest);
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    LAYER.accept(channel, H2Fuzz::accepted);
    return channel;
  }

  private static void accepted(Channel stream) {
    stream
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ReferenceCountUtil.release(msg);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close();
              }
            });
  }
}
