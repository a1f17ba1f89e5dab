package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.EndOfStream;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunks of a body, sealed by one end and opened by the other. */
@ExtendWith(LeakCheck.class)
class VmessBodyTest {
  private static final VmessKeys KEYS =
      new VmessKeys(Seeds.bytes(new Random(1), 16), Seeds.bytes(new Random(2), 16));

  private static VmessStream end(VmessBody body, VmessKeys out, VmessKeys in, boolean packets) {
    return new VmessStream(
        new VmessSealer(new byte[0], body, out, packets),
        new VmessOpener(body, in, packets),
        null,
        packets,
        "the peer");
  }

  /** What one end makes of this, its end of stream too. */
  private static byte[] sealed(VmessBody body, boolean packets, byte[]... writes) {
    EmbeddedChannel channel = new EmbeddedChannel(end(body, KEYS, KEYS.response(), packets));
    for (byte[] write : writes) {
      channel.writeOutbound(Unpooled.wrappedBuffer(write));
    }
    channel.writeOutbound(EndOfStream.INSTANCE);
    ByteBuf all = Unpooled.buffer();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      if (m instanceof ByteBuf piece) {
        all.writeBytes(piece);
        piece.release();
      }
    }
    channel.finishAndReleaseAll();
    return ByteBufUtil.getBytes(all);
  }

  private static EmbeddedChannel receiver(VmessBody body, boolean packets) {
    return new EmbeddedChannel(end(body, KEYS.response(), KEYS, packets));
  }

  @ParameterizedTest
  @CsvSource({"5,3", "13,3", "13,4", "29,3", "29,4", "17,4", "1,3", "5,5", "1,5", "0,5"})
  void streamsAreOpenedHoweverTheyAreCut(int options, int security) {
    VmessBody body = new VmessBody(options, security);
    byte[] small = Seeds.bytes(new Random(3), 700);
    byte[] large = Seeds.bytes(new Random(4), 40_000);
    byte[] sent = sealed(body, false, small, large, small);
    byte[] all = new byte[41_400];
    System.arraycopy(small, 0, all, 0, 700);
    System.arraycopy(large, 0, all, 700, 40_000);
    System.arraycopy(small, 0, all, 40_700, 700);
    DecoderVerifier.Outcome outcome =
        DecoderVerifier.of(() -> receiver(body, false)).rounds(4).verify(sent);
    assertThat(outcome.bytes()).isEqualTo(all);
    assertThat(outcome.failure()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"5,3", "13,3", "13,4", "29,4", "5,5", "13,5"})
  void datagramsStayApart(int options, int security) {
    VmessBody body = new VmessBody(options, security);
    EmbeddedChannel channel = receiver(body, true);
    byte[] sent =
        sealed(body, true, new byte[] {1}, Seeds.bytes(new Random(5), 1_400), new byte[65_456]);
    for (byte b : sent) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
    }
    for (int size : new int[] {1, 1_400, 65_456}) {
      ByteBuf datagram = channel.readInbound();
      assertThat(datagram.readableBytes()).isEqualTo(size);
      datagram.release();
    }
    channel.finishAndReleaseAll();
  }

  @Test
  void anAlteredChunkIsTheLast() {
    VmessBody body = new VmessBody(13, 3);
    byte[] sent = sealed(body, false, new byte[20_000]);
    Seeds.forEach(
        50,
        random -> {
          byte[] altered = sent.clone();
          altered[random.nextInt(200)] ^= (byte) (1 + random.nextInt(255));
          DecoderVerifier.Outcome outcome =
              DecoderVerifier.of(() -> receiver(body, false))
                  .feed(altered, java.util.List.of(altered.length));
          assertThat(outcome.failureCount()).isLessThanOrEqualTo(1);
        });
  }

  @Test
  void anEndWithinAChunkIsAFailure() {
    byte[] sent = sealed(new VmessBody(13, 3), false, new byte[2_000]);
    DecoderVerifier.Outcome outcome =
        DecoderVerifier.of(() -> receiver(new VmessBody(13, 3), false))
            .verify(Arrays.copyOf(sent, 1_000));
    assertThat(outcome.failure()).contains("ended within a chunk");
  }

  @Test
  void noBytesBringItDown() {
    Seeds.forEach(
        2_000,
        random -> {
          VmessBody body = new VmessBody(random.nextInt(32), 3 + random.nextInt(3));
          if (body.valid()) {
            byte[] garbage = Seeds.bytes(random, random.nextInt(3_000));
            DecoderVerifier.Outcome outcome =
                DecoderVerifier.of(() -> receiver(body, random.nextBoolean()))
                    .feed(garbage, java.util.List.of(garbage.length));
            assertThat(outcome.failureCount()).isLessThanOrEqualTo(1);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sizesOfBothDirectionsAreSealedWithTheRequestsKeys(boolean answer) throws Exception {
    VmessBody body = new VmessBody(VmessBody.CHUNKS | VmessBody.AUTHENTICATED_LENGTH, 3);
    byte[] field = new byte[18];
    new VmessChunks(body, answer ? KEYS.response() : KEYS, true, false).writeSize(100, field, 0);
    byte[] key = new VmessKdf().derive(VmessKeys.BYTES, KEYS.key(), VmessKdf.AUTHENTICATED_LENGTH);
    byte[] nonce = Arrays.copyOf(KEYS.iv(), 12);
    nonce[0] = 0;
    nonce[1] = 0;
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    assertThat(cipher.doFinal(field)).containsExactly(0, 100);
  }
}
