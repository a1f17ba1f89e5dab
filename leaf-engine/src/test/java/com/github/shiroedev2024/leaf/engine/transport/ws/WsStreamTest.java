package com.github.shiroedev2024.leaf.engine.transport.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class WsStreamTest {
  private static EmbeddedChannel client() {
    return new EmbeddedChannel(new End(), WsStream.client("server", 42));
  }

  private static EmbeddedChannel server() {
    return new EmbeddedChannel(new End(), WsStream.server());
  }

  /** The socket: an end is written as "fff0". */
  private static final class End extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      ctx.write(msg == EndOfStream.INSTANCE ? Unpooled.copyShort(0xfff0) : msg, promise);
    }
  }

  private static String written(EmbeddedChannel channel) {
    StringBuilder hex = new StringBuilder();
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      hex.append(ByteBufUtil.hexDump(b));
      b.release();
    }
    return hex.toString();
  }

  private static byte[] hex(String hex) {
    return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
  }

  // RFC 6455, section 5.7, and control frames in between.
  @ParameterizedTest
  @CsvSource({
    "8105 48656c6c6f, 48656c6c6f",
    "0103 48656c 8002 6c6f, 48656c6c6f",
    "0203 48656c 8900 8a00 0000 8002 6c6f 8200 8201 21, 48656c6c6f21",
    "827e 0003 616263, 616263",
    "827f 0000000000000003 616263, 616263"
  })
  void aClientDecodes(String frames, String bytes) {
    Outcome outcome = DecoderVerifier.of(WsStreamTest::client).verify(hex(frames));
    assertThat(ByteBufUtil.hexDump(outcome.bytes())).isEqualTo(bytes);
    assertThat(outcome.failure()).isNull();
  }

  @Test
  void aServerUnmasks() {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(hex("8185 37fa213d 7f9f4d5158 0283 01020304"));
    frames.writeBytes(new byte[] {1 ^ 'a', 2 ^ 'b', 3 ^ 'c'});
    frames.writeBytes(hex("8080 00000000"));
    Outcome outcome = DecoderVerifier.of(WsStreamTest::server).verify(frames.toByteArray());
    assertThat(outcome.bytes()).asString().isEqualTo("Helloabc");
    assertThat(outcome.failure()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "9205 48656c6c6f, reserved bits",
    "8305, unknown opcode 3",
    "8b00, unknown opcode 11",
    "8285 00000000, is masked",
    "8001 61, continues nothing",
    "0201 61 8201 62, within another",
    "0900, control frame",
    "897e 0080, control frame",
    "82ff 8000000000000000, is masked",
    "827f 8000000000000000, highest bit",
    "8801 03, no orderly end",
    "8802 03ea, code 1002",
    "8202 61, within a message",
    "0201 61, within a message"
  })
  void whatBreaksTheRulesFails(String frames, String failure) {
    Outcome outcome = DecoderVerifier.of(WsStreamTest::client).verify(hex(frames));
    assertThat(outcome.failureCount()).isEqualTo(1);
    assertThat(outcome.failure()).contains(failure);
  }

  @Test
  void aServerRefusesFramesThatAreNotMasked() {
    assertThat(DecoderVerifier.of(WsStreamTest::server).verify(hex("8201 61")).failure())
        .contains("is not masked");
  }

  @Test
  void garbageIsDecodedTheSameHoweverItIsCut() {
    Seeds.forEach(
        200,
        random -> {
          byte[] garbage = Seeds.bytes(random, random.nextInt(400));
          DecoderVerifier.of(random.nextBoolean() ? WsStreamTest::client : WsStreamTest::server)
              .rounds(2)
              .verify(garbage);
        });
  }

  @Test
  void whatOneWritesTheOtherReads() {
    Seeds.forEach(
        50,
        random -> {
          boolean up = random.nextBoolean();
          EmbeddedChannel from = up ? client() : server();
          ByteArrayOutputStream plain = new ByteArrayOutputStream();
          for (int i = random.nextInt(8); i >= 0; i--) {
            byte[] bytes = Seeds.bytes(random, sizeFrom(random));
            plain.writeBytes(bytes);
            from.writeOutbound(Unpooled.copiedBuffer(bytes));
          }
          byte[] frames = hex(written(from));
          from.finishAndReleaseAll();
          Outcome outcome =
              DecoderVerifier.of(up ? WsStreamTest::server : WsStreamTest::client)
                  .rounds(3)
                  .verify(frames);
          assertThat(outcome.bytes()).isEqualTo(plain.toByteArray());
          assertThat(outcome.failure()).isNull();
        });
  }

  private static int sizeFrom(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(20);
      case 1 -> 124 + random.nextInt(4);
      case 2 -> 65_534 + random.nextInt(4);
      default -> random.nextInt(3000);
    };
  }

  @Test
  void whatIsWrittenKeepsItsOwnBytes() {
    EmbeddedChannel channel = client();
    ByteBuf constant = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
    channel.writeOutbound(constant.retainedDuplicate());
    assertThat(ByteBufUtil.hexDump(constant)).isEqualTo("010203");
    constant.release();
    channel.finishAndReleaseAll();
  }

  @Test
  void aFloodOfPingsHasOnePongUnderWay() {
    EmbeddedChannel channel = client();
    channel.pipeline().addFirst(new Slow());
    for (int i = 0; i < 1000; i++) {
      channel.writeInbound(Unpooled.wrappedBuffer(hex("8901" + String.format("%02x", i % 100))));
    }
    Slow slow = channel.pipeline().get(Slow.class);
    assertThat(slow.held).hasSize(1);
    slow.held.removeFirst().setSuccess();
    channel.runPendingTasks();
    assertThat(slow.held).hasSize(1);
    channel.finishAndReleaseAll();
  }

  /** A socket that takes nothing. */
  private static final class Slow extends ChannelOutboundHandlerAdapter {
    private final List<ChannelPromise> held = new java.util.ArrayList<>();

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
      ((ByteBuf) msg).release();
      held.add(promise);
    }
  }

  @Test
  void aClientHoldsItsEndBackUntilTheServerHasEnded() {
    EmbeddedChannel channel = client();
    ChannelFuture end = channel.writeAndFlush(EndOfStream.INSTANCE);
    assertThat(end.isSuccess()).isTrue();
    assertThat(written(channel)).isEmpty();
    channel.writeInbound(Unpooled.wrappedBuffer(hex("8201 61")));
    assertThat(((ByteBuf) channel.readInbound()).toString(java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("a");
    channel.writeInbound(Unpooled.wrappedBuffer(hex("8802 03e8")));
    assertThat(written(channel)).startsWith("8882").endsWith("fff0").hasSize(20);
    channel.finishAndReleaseAll();
  }

  @Test
  void aServerSaysItsEndAtOnceAndReadsOn() {
    EmbeddedChannel channel = server();
    channel.writeAndFlush(EndOfStream.INSTANCE);
    assertThat(written(channel)).isEqualTo("880203e8");
    channel.writeInbound(Unpooled.wrappedBuffer(hex("8281 00000000 61")));
    ByteBuf read = channel.readInbound();
    assertThat(read.readByte()).isEqualTo((byte) 'a');
    read.release();
    channel.writeInbound(Unpooled.wrappedBuffer(hex("8880 00000000")));
    assertThat(written(channel)).isEqualTo("fff0");
    channel.finishAndReleaseAll();
  }

  @Test
  void aCloseWithoutAnEndSaysNothing() {
    EmbeddedChannel channel = client();
    channel.close();
    assertThat(written(channel)).isEmpty();
    EmbeddedChannel ended = client();
    ended.writeAndFlush(EndOfStream.INSTANCE);
    ended.close();
    assertThat(written(ended)).startsWith("8882").hasSize(16);
    channel.finishAndReleaseAll();
    ended.finishAndReleaseAll();
  }
}
