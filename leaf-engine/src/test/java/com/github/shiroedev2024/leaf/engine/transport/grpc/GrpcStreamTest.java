package com.github.shiroedev2024.leaf.engine.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class GrpcStreamTest {
  private static EmbeddedChannel channel() {
    return new EmbeddedChannel(new GrpcStream("peer"));
  }

  private static byte[] hex(String hex) {
    return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "00 00000005 0a03 616263, 616263",
    "00 00000000 00 00000003 0a01 61, 61",
    "00 00000002 0a00 00 00000003 0a01 61, 61",
    "00 00000006 0a01 61 0a01 62, 6162",
    "00 00000007 1001 0a03 616263, 616263",
    "00 0000000c 1a02 ffff 2500000000 0a01 61, 61",
    "00 0000000c 090000000000000000 0a01 61, 61"
  })
  void decodes(String messages, String bytes) {
    Outcome outcome = DecoderVerifier.of(GrpcStreamTest::channel).verify(hex(messages));
    assertThat(ByteBufUtil.hexDump(outcome.bytes())).isEqualTo(bytes);
    assertThat(outcome.failure()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "01 00000001 00, compressed",
    "48 54545000, no gRPC message",
    "00 00000003 0a02 61, does not fit",
    "00 00000001 0a, does not fit",
    "00 00000002 0a80, does not fit",
    "00 00000002 0b00, unknown kind",
    "00 00000010 0affffffffffffffffff7f, does not fit",
    "00 00000010 10ffffffffffffffffffffff, does not fit",
    "00 000000, within a message",
    "00 00000003 0a01, within a message"
  })
  void refuses(String messages, String failure) {
    Outcome outcome = DecoderVerifier.of(GrpcStreamTest::channel).verify(hex(messages));
    assertThat(outcome.failureCount()).isEqualTo(1);
    assertThat(outcome.failure()).contains("peer: ").contains(failure);
  }

  @Test
  void garbageIsDecodedTheSameHoweverItIsCut() {
    Seeds.forEach(
        200,
        random -> {
          byte[] garbage = Seeds.bytes(random, random.nextInt(300));
          for (int i = 0; i < Math.min(4, garbage.length); i++) {
            garbage[i] = 0; // a short message, to get to its fields
          }
          DecoderVerifier.of(GrpcStreamTest::channel).rounds(2).verify(garbage);
        });
  }

  @Test
  void whatOneWritesTheOtherReads() {
    Seeds.forEach(
        50,
        random -> {
          EmbeddedChannel from = channel();
          ByteArrayOutputStream plain = new ByteArrayOutputStream();
          ByteArrayOutputStream wire = new ByteArrayOutputStream();
          for (int i = random.nextInt(8); i >= 0; i--) {
            byte[] bytes = Seeds.bytes(random, random.nextInt(random.nextBoolean() ? 300 : 70_000));
            plain.writeBytes(bytes);
            from.writeOutbound(Unpooled.copiedBuffer(bytes));
          }
          for (ByteBuf b = from.readOutbound(); b != null; b = from.readOutbound()) {
            wire.writeBytes(ByteBufUtil.getBytes(b));
            b.release();
          }
          from.finishAndReleaseAll();
          Outcome outcome =
              DecoderVerifier.of(GrpcStreamTest::channel).rounds(3).verify(wire.toByteArray());
          assertThat(outcome.bytes()).isEqualTo(plain.toByteArray());
          assertThat(outcome.failure()).isNull();
        });
  }

  @Test
  void writesTheHunkThatPeersWrite() {
    EmbeddedChannel channel = channel();
    channel.writeOutbound(Unpooled.wrappedBuffer(new byte[200]));
    ByteBuf head = channel.readOutbound();
    assertThat(ByteBufUtil.hexDump(head)).isEqualTo("00000000cb0ac801");
    head.release();
    channel.finishAndReleaseAll();
  }
}
