package com.github.shiroedev2024.leaf.engine.transport.amux;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDialer;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** Frames of AMux, by themselves and with the streams of a server and a client on them. */
public final class AmuxFuzz {
  /** The client's, whose ids begin at 1. */
  private static final int STREAMS = 3;

  private static final DecoderFuzz SERVER =
      DecoderFuzz.of(AmuxFuzz::served, Exception.class).atMost(1, 0).cutMatters();

  private static final DecoderFuzz CLIENT =
      DecoderFuzz.of(AmuxFuzz::client, Exception.class).atMost(1, 4 * STREAMS).cutMatters();

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
    CLIENT.run(input);
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(new AmuxServer(channel, FuzzDialer::drop, EngineOptions.defaults()));
    return channel;
  }

  private static EmbeddedChannel client() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    AmuxClient client =
        new AmuxClient(
            channel,
            "the server",
            4,
            new AmuxClient.Limits(8, 8, 0, 0),
            new AmuxPool(channel.eventLoop()));
    channel.pipeline().addLast(client);
    for (int id = 1; id <= STREAMS; id++) {
      client.add(id, FuzzDialer::drop);
    }
    return channel;
  }
}
