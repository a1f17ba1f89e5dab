package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.codec.HeaderWait;
import com.github.shiroedev2024.leaf.engine.crypto.Blake3;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The client's end of a stream of the 2022 edition. */
@ExtendWith(LeakCheck.class)
class Shadowsocks2022StreamTest {
  private static final ShadowsocksMethod METHOD = ShadowsocksMethod.BLAKE3_AES_128_GCM;

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void writesTheGoldenRequest(ShadowsocksMethod method, boolean user, String written) {
    EmbeddedChannel channel = client(method, user, Golden2022.CLOCK);
    byte[] payload = new byte[1000];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 7 + 3);
    }
    channel.writeOutbound(Unpooled.wrappedBuffer(payload));
    ByteBuf first = channel.readOutbound();
    assertThat(channel.<Object>readOutbound()).as("all in one write").isNull();
    channel.writeOutbound(Unpooled.copiedBuffer("more", US_ASCII));
    byte[] all = join(first, written(channel));
    assertThat(ByteBufUtil.hexDump(Blake3.hash(all, 32))).isEqualTo(written);
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void readsTheGoldenResponseHoweverItIsCut(
      ShadowsocksMethod method, boolean user, String written, String request, String response) {
    Outcome outcome =
        DecoderVerifier.of(() -> client(method, user, Golden2022.CLOCK))
            .verify(ByteBufUtil.decodeHexDump(response));
    assertThat(outcome.failure()).isNull();
    assertThat(new String(outcome.bytes(), US_ASCII)).isEqualTo("hello world");
  }

  @Test
  void aRequestWithoutPayloadIsPadded() throws Exception {
    Seeds.forEach(
        20,
        random -> {
          EmbeddedChannel channel = client(METHOD, false, Golden2022.CLOCK);
          if (random.nextBoolean()) {
            channel.write(EndOfStream.INSTANCE);
            channel.flush();
          } else {
            channel.advanceTimeBy(HeaderWait.MILLIS, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
          }
          byte[] request = written(channel);
          int bare = 16 + 27 + 15 + 2 + 16;
          assertThat(request.length).isBetween(bare + 1, bare + 900);
          channel.finishAndReleaseAll();
        });
  }

  @Test
  void muchPayloadGoesInChunksBehindTheHeader() {
    EmbeddedChannel channel = client(METHOD, false, Golden2022.CLOCK);
    channel.writeOutbound(Unpooled.wrappedBuffer(new byte[60_000]));
    assertThat(written(channel)).hasSize(16 + 27 + 15 + 2 + 16 + 60_000 + 34);
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void believesNoClockThatIsTooFarOff(
      ShadowsocksMethod method, boolean user, String written, String request, String response) {
    byte[] bytes = ByteBufUtil.decodeHexDump(response);
    for (int off : new int[] {-30, 30}) {
      assertThat(failure(client(method, user, clock(off)), bytes)).isNull();
    }
    for (int off : new int[] {-31, 31}) {
      SessionException failure = failure(client(method, user, clock(off)), bytes);
      assertThat(failure).hasMessageContaining("the server: its clock shows 1700000000");
      assertThat(failure.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
    }
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void refusesTheAnswerToAnotherRequest(
      ShadowsocksMethod method, boolean user, String written, String request, String response) {
    byte[] salt = Golden2022.bytes(method, 0x11);
    SessionException failure =
        failure(
            client(Golden2022.keys(method, user), salt, Golden2022.CLOCK),
            ByteBufUtil.decodeHexDump(response));
    assertThat(failure).hasMessageContaining("an answer to another request");
    assertThat(failure.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void refusesARequestAsAnAnswer() {
    byte[] request = new byte[2000];
    EmbeddedChannel writer = client(METHOD, false, Golden2022.CLOCK);
    writer.writeOutbound(Unpooled.wrappedBuffer(request));
    SessionException failure = failure(client(METHOD, false, Golden2022.CLOCK), written(writer));
    // Its header chunk is shorter than an answer's, so it does not even authenticate.
    assertThat(failure.reason()).isEqualTo(CloseReason.AUTH_FAILED);
    writer.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void failsOnceOnWhatWasAlteredOrCut(
      ShadowsocksMethod method, boolean user, String written, String request, String response) {
    byte[] whole = ByteBufUtil.decodeHexDump(response);
    Seeds.forEach(
        60,
        random -> {
          byte[] bad = whole.clone();
          bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
          Outcome outcome =
              DecoderVerifier.of(() -> client(method, user, Golden2022.CLOCK))
                  .rounds(1)
                  .verify(bad);
          assertThat(outcome.failureCount()).isEqualTo(1);
          assertThat(outcome.closed()).isTrue();
          assertThat("hello world").startsWith(new String(outcome.bytes(), US_ASCII));
        });
    int head = 2 * method.keyBytes() + 11 + 16;
    int firstChunk = head + 5 + 16;
    for (int n = 0; n < whole.length; n++) {
      SessionException failure =
          failure(client(method, user, Golden2022.CLOCK), Arrays.copyOf(whole, n));
      boolean orderly = n == 0 || (n >= firstChunk && n < firstChunk + 18);
      assertThat(failure == null).as("after %d bytes", n).isEqualTo(orderly);
    }
  }

  @Test
  void garbageIsAWrongKey() {
    Seeds.forEach(
        100,
        random -> {
          byte[] garbage = Seeds.bytes(random, 60 + random.nextInt(1000));
          Outcome outcome =
              DecoderVerifier.of(() -> client(METHOD, random.nextBoolean(), Golden2022.CLOCK))
                  .rounds(1)
                  .verify(garbage);
          assertThat(outcome.failure()).contains("check method and password");
          assertThat(outcome.messages()).isEmpty();
        });
  }

  private static Clock2022 clock(int offSeconds) {
    return new Clock2022(
        InstantSource.fixed(Instant.ofEpochSecond(Golden2022.SECONDS + offSeconds)));
  }

  private static EmbeddedChannel client(ShadowsocksMethod method, boolean user, Clock2022 clock) {
    return client(Golden2022.keys(method, user), Golden2022.bytes(method, 0x10), clock);
  }

  private static EmbeddedChannel client(Keys2022 keys, byte[] salt, Clock2022 clock) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    Request2022 request = new Request2022(keys, clock, new SecureRandom(), Golden2022.TARGET, salt);
    channel
        .pipeline()
        .addLast(new ShadowsocksStream(request.sealer(), request.opener(), null, "the server"));
    return channel;
  }

  /** How the client fails on this input and its half-close, if it does. */
  @SuppressWarnings("NullAway") // the tests ask for it
  private static SessionException failure(EmbeddedChannel channel, byte[] input) {
    List<Throwable> failures = new ArrayList<>();
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause);
              }
            });
    channel.writeInbound(Unpooled.copiedBuffer(input));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.finishAndReleaseAll();
    assertThat(failures).hasSizeLessThan(2);
    return failures.isEmpty() ? null : (SessionException) failures.getFirst();
  }

  private static byte[] written(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      if (m instanceof ByteBuf bytes) {
        all.writeBytes(bytes);
        bytes.release();
      }
    }
    return ByteBufUtil.getBytes(all);
  }

  private static byte[] join(ByteBuf first, byte[] rest) {
    ByteBuf all = Unpooled.buffer().writeBytes(first).writeBytes(rest);
    first.release();
    return ByteBufUtil.getBytes(all);
  }
}
