package com.github.shiroedev2024.leaf.engine.transport.grpc;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDialer;
import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.http2.H2Outbound;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.Arrays;

/** The messages of the gRPC transport by themselves, and in calls at the server and the client. */
public final class GrpcFuzz {
  private static final GrpcOptions OPTIONS = new GrpcOptions("s");
  private static final H2Layer LAYER =
      new H2Layer(new GrpcService(OPTIONS.path()), EngineOptions.defaults());

  private static final DecoderFuzz MESSAGES =
      DecoderFuzz.of(() -> new EmbeddedChannel(new GrpcStream("peer")), SessionException.class);

  /** See {@code H2Fuzz}. */
  private static final DecoderFuzz SERVER =
      DecoderFuzz.of(GrpcFuzz::served, Exception.class).atMost(20, 2000).cutMatters();

  private static final DecoderFuzz CLIENT =
      DecoderFuzz.of(GrpcFuzz::calling, Exception.class).atMost(20, 2000).cutMatters();

  private GrpcFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    switch ((input[0] & 0xff) % 3) {
      case 0 -> MESSAGES.run(input[1], rest);
      case 1 ->
          SERVER.run(
              input[1],
              ByteBufUtil.getBytes(
                  Unpooled.wrappedBuffer(
                      Http2CodecUtil.connectionPrefaceBuf(), Unpooled.wrappedBuffer(rest))));
      default -> CLIENT.run(input[1], rest);
    }
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = FuzzDialer.accepted();
    LAYER.accept(channel, FuzzDialer::drop);
    return channel;
  }

  private static EmbeddedChannel calling() {
    return FuzzDialer.dialled(
        new H2Outbound("g", new GrpcCall(OPTIONS, "test"), EngineOptions.defaults()));
  }
}
