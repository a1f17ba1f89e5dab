package com.github.shiroedev2024.leaf.engine.transport.obfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
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
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class ObfsStreamTest {
  private static final String ANSWER =
      "HTTP/1.1 101 Switching Protocols\r\nServer: nginx/1.1.1\r\nUpgrade: websocket\r\n\r\n";

  @Test
  void theFirstBytesGoBehindAnUpgradeRequest() {
    EmbeddedChannel channel = http();
    ChannelFuture write = channel.write(Unpooled.copiedBuffer("first", US_ASCII));
    channel.flush();
    assertThat(write.isSuccess()).isTrue();
    assertThat(written(channel))
        .matches(
            "GET /p HTTP/1.1\r\nHost: a.example\r\nUser-Agent: curl/7.1.0\r\n"
                + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: [A-Za-z0-9_-]{22}==\r\nContent-Length: 5\r\n\r\nfirst");
    channel.writeOutbound(Unpooled.copiedBuffer("second", US_ASCII));
    assertThat(written(channel)).isEqualTo("second");
    channel.finishAndReleaseAll();
  }

  @Test
  void theFirstBytesRideInAClientHello() {
    EmbeddedChannel channel = tls();
    byte[] payload = new byte[20_000];
    new Random(1).nextBytes(payload);
    channel.writeOutbound(Unpooled.copiedBuffer(payload));
    ByteBuf out = Unpooled.copiedBuffer(written(channel), ISO_8859_1);
    int total = 217 + 16_384 + "a.example".length();
    assertThat(ByteBufUtil.hexDump(out, 0, 11))
        .isEqualTo("160301%04x0100%04x0303".formatted(total - 5, total - 9));
    assertThat(out.getInt(11)).isEqualTo(1_700_000_000);
    assertThat(out.getByte(43)).isEqualTo((byte) 32);
    assertThat(ByteBufUtil.hexDump(out, 76, 4)).isEqualTo("0038c02c");
    assertThat(ByteBufUtil.hexDump(out, 130, 6)).isEqualTo("002f00ff0100");
    assertThat(out.getUnsignedShort(136)).isEqualTo(total - 138);
    assertThat(ByteBufUtil.hexDump(out, 138, 4)).isEqualTo("00234000");
    assertThat(ByteBufUtil.getBytes(out, 142, 16_384)).isEqualTo(Arrays.copyOf(payload, 16_384));
    int at = 142 + 16_384;
    assertThat(ByteBufUtil.hexDump(out, at, 9)).isEqualTo("0000000e000c000009");
    assertThat(out.toString(at + 9, 9, US_ASCII)).isEqualTo("a.example");
    assertThat(ByteBufUtil.hexDump(out, at + 18, 66)).startsWith("000b0004").endsWith("00170000");
    assertThat(ByteBufUtil.hexDump(out, total, 5)).isEqualTo("1703030e20");
    assertThat(ByteBufUtil.getBytes(out, total + 5, 20_000 - 16_384))
        .isEqualTo(Arrays.copyOfRange(payload, 16_384, 20_000));
    assertThat(out.readableBytes()).isEqualTo(total + 5 + 20_000 - 16_384);
    channel.writeOutbound(Unpooled.copiedBuffer(new byte[40_000]));
    assertThat(written(channel)).hasSize(40_000 + 3 * 5);
    channel.finishAndReleaseAll();
  }

  @Test
  void anEndWithoutBytesStillSaysWhatItIs() {
    for (EmbeddedChannel channel : new EmbeddedChannel[] {http(), tls()}) {
      channel.write(EndOfStream.INSTANCE);
      channel.flush();
      assertThat(channel.<Object>readOutbound())
          .isInstanceOfSatisfying(
              ByteBuf.class,
              head -> {
                assertThat(head.isReadable()).isTrue();
                head.release();
              });
      assertThat(channel.<Object>readOutbound()).isSameAs(EndOfStream.INSTANCE);
      channel.finishAndReleaseAll();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "payload", "a\r\n\r\nb\r\n\r\n"})
  void theHeadOfAnAnswerIsTakenOffHoweverItIsCut(String payload) {
    Outcome outcome =
        DecoderVerifier.of(ObfsStreamTest::http).verify((ANSWER + payload).getBytes(US_ASCII));
    assertThat(outcome.failure()).isNull();
    assertThat(new String(outcome.bytes(), US_ASCII)).isEqualTo(payload);
  }

  @Test
  void recordsAreTakenApartHoweverTheyAreCut() {
    Seeds.forEach(
        20,
        random -> {
          ByteBuf in = Unpooled.buffer().writeByte(0x16);
          in.writeBytes(Seeds.bytes(random, 104));
          ByteBuf plain = Unpooled.buffer();
          for (int i = 0; i < 5; i++) {
            byte[] payload = Seeds.bytes(random, random.nextInt(i == 3 ? 65_536 : 50));
            if (i > 0) {
              in.writeMedium(0x170303);
            }
            in.writeShort(payload.length).writeBytes(payload);
            plain.writeBytes(payload);
          }
          Outcome outcome =
              DecoderVerifier.of(ObfsStreamTest::tls).rounds(3).verify(ByteBufUtil.getBytes(in));
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.bytes()).isEqualTo(ByteBufUtil.getBytes(plain));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 404 Not Found", "SSH-2.0-OpenSSH", "HTTP/1.1", ""})
  void whatIsNoAnswerFailsOnce(String line) {
    Outcome outcome =
        DecoderVerifier.of(ObfsStreamTest::http).verify((line + "\r\n\r\nrest").getBytes(US_ASCII));
    assertThat(outcome.failure()).contains("obfs server x:1: it answers '" + line + "'");
    assertThat(outcome.failureCount()).isEqualTo(1);
    assertThat(outcome.closed()).isTrue();
    assertThat(outcome.messages()).isEmpty();
  }

  @Test
  void garbageFailsOrIsPayload() {
    Seeds.forEach(
        300,
        random -> {
          byte[] garbage = Seeds.bytes(random, random.nextInt(3000));
          for (boolean http : new boolean[] {true, false}) {
            Outcome outcome =
                DecoderVerifier.of(http ? ObfsStreamTest::http : ObfsStreamTest::tls)
                    .rounds(1)
                    .verify(garbage);
            assertThat(outcome.failureCount()).isLessThanOrEqualTo(1);
          }
        });
  }

  @Test
  void aHeadWithoutEndFails() {
    Outcome outcome = DecoderVerifier.of(ObfsStreamTest::http).verify(new byte[2000]);
    assertThat(outcome.failure()).contains("does not end within 1024 bytes");
  }

  @Test
  void anEndWithinSomethingFails() {
    byte[] http = ANSWER.getBytes(US_ASCII);
    for (int n = 0; n <= http.length; n++) {
      Outcome outcome = DecoderVerifier.of(ObfsStreamTest::http).feed(http, List.of(n));
      assertThat(outcome.failure() == null).isEqualTo(n == 0 || n == http.length);
    }
    ByteBuf in = Unpooled.buffer().writeByte(0x16).writeZero(104).writeShort(3).writeZero(3);
    in.writeMedium(0x170303).writeShort(2).writeZero(2);
    byte[] tls = ByteBufUtil.getBytes(in);
    for (int n = 0; n <= tls.length; n++) {
      Outcome outcome = DecoderVerifier.of(ObfsStreamTest::tls).feed(tls, List.of(n));
      boolean orderly = n == 0 || n == 110 || n == tls.length;
      assertThat(outcome.failure() == null).as("after %d bytes", n).isEqualTo(orderly);
    }
  }

  private static EmbeddedChannel http() {
    return new EmbeddedChannel(
        new ObfsHttpStream("a.example", "/p", "curl/7.1.0", new Random(1), "obfs server x:1"));
  }

  private static EmbeddedChannel tls() {
    return new EmbeddedChannel(
        new ObfsTlsStream(
            "a.example",
            InstantSource.fixed(Instant.ofEpochSecond(1_700_000_000)),
            new Random(1),
            "obfs server x:1"));
  }

  private static String written(EmbeddedChannel channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      all.append(b.toString(ISO_8859_1));
      b.release();
    }
    return all.toString();
  }
}
