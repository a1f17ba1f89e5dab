package com.github.shiroedev2024.leaf.engine.transport.h2;

import com.github.shiroedev2024.leaf.engine.fakes.FuzzDialer;
import com.github.shiroedev2024.leaf.engine.http2.H2Layer;
import com.github.shiroedev2024.leaf.engine.http2.H2Outbound;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.DecoderFuzz;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.Arrays;
import java.util.List;

/**
 * Connections of HTTP/2. The lowest bits of the second byte say which: 0 to the server behind a
 * right preface, 1 to the server without one, 2 to a client that has a stream open.
 */
public final class H2Fuzz {
  private static final byte[] PREFACE = ByteBufUtil.getBytes(Http2CodecUtil.connectionPrefaceBuf());
  private static final H2Layer LAYER =
      new H2Layer(new H2PutService(new H2ServerOptions(List.of(), "/")), EngineOptions.defaults());

  /** What Netty answers a frame, such as an acknowledgement, has the size of frames. */
  private static final DecoderFuzz SERVER =
      DecoderFuzz.of(H2Fuzz::served, Exception.class).atMost(20, 2000).cutMatters();

  private static final DecoderFuzz CLIENT =
      DecoderFuzz.of(H2Fuzz::asking, Exception.class).atMost(20, 2000).cutMatters();

  private H2Fuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 2, input.length);
    switch ((input[1] & 0xff) % 3) {
      case 0 -> {
        byte[] all = Arrays.copyOf(PREFACE, PREFACE.length + rest.length);
        System.arraycopy(rest, 0, all, PREFACE.length, rest.length);
        SERVER.run(input[0], all);
      }
      case 1 -> SERVER.run(input[0], rest);
      default -> CLIENT.run(input[0], rest);
    }
  }

  private static EmbeddedChannel served() {
    EmbeddedChannel channel = FuzzDialer.accepted();
    LAYER.accept(channel, FuzzDialer::drop);
    return channel;
  }

  private static EmbeddedChannel asking() {
    return FuzzDialer.dialled(
        new H2Outbound(
            "h",
            new H2PutRequest(new H2Options(List.of(), "/"), "test"),
            EngineOptions.defaults()));
  }
}
