package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;

/** Frames of AMux, by themselves and with the server's streams on them. */
public final class AmuxFuzz {
  private static final DecoderFuzz SERVER =
      DecoderFuzz.of(
              () -> {
                EmbeddedChannel channel = new EmbeddedChannel();
                channel.freezeTime();
                channel
                    .pipeline()
                    .addLast(new AmuxServer(channel, AmuxFuzz::accepted, EngineOptions.defaults()));
                return channel;
              },
              Exception.class)
          .atMost(1, 0)
          .cutMatters();

  private AmuxFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    long[] data = new long[1];
    try {
      new AmuxFrames()
          .read(
              Unpooled.wrappedBuffer(input),
              new AmuxFrames.Receiver() {
                @Override
                public void data(int id, ByteBuf bytes) {
                  data[0] += bytes.readableBytes();
                  bytes.release();
                }

                @Override
                public void end(int id, boolean opens) {}
              });
    } catch (AmuxFrames.MalformedException e) {
      data[0]++;
    }
    if (data[0] > input.length) {
      throw new AssertionError(input.length + " bytes made " + data[0]);
    }
    SERVER.run(input);
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
