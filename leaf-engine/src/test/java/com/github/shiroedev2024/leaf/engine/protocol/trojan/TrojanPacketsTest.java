package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLogger;

@ExtendWith(LeakCheck.class)
final class TrojanPacketsTest {
  private static final Destination PEER = Destination.of("192.0.2.1", 53);

  private static EmbeddedChannel encoder(byte[] request) {
    return new EmbeddedChannel(new TrojanPacketEncoder(request, NOPLogger.NOP_LOGGER));
  }

  private static byte[] written(EmbeddedChannel channel) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      all.writeBytes(ByteBufUtil.getBytes((ByteBuf) m));
      ((ByteBuf) m).release();
    }
    return all.toByteArray();
  }

  private static Outcome decode(byte[] bytes) {
    return DecoderVerifier.of(() -> new EmbeddedChannel(new TrojanPacketDecoder("the peer")))
        .describe(TrojanPacketsTest::described)
        .rounds(8)
        .verify(bytes);
  }

  private static Object described(Object message) {
    Datagram datagram = (Datagram) message;
    return datagram.peer() + " " + ByteBufUtil.hexDump(datagram.content());
  }

  @Test
  void theRequestGoesWithTheFirstPacketOnly() {
    EmbeddedChannel channel = encoder(new byte[] {9, 9});
    channel.writeOutbound(new Datagram(PEER, Unpooled.copiedBuffer(new byte[] {1, 2, 3})));
    assertThat(written(channel)).isEqualTo(Client.hex("0909 01c00002010035 0003 0d0a 010203"));
    channel.writeOutbound(new Datagram(PEER, Unpooled.EMPTY_BUFFER));
    assertThat(written(channel)).isEqualTo(Client.hex("01c00002010035 0000 0d0a"));
    channel.finishAndReleaseAll();
  }

  @Test
  void whatNoPacketHoldsIsDropped() {
    EmbeddedChannel channel = encoder(new byte[0]);
    ChannelFuture name =
        channel.write(
            new Datagram(Destination.of("x".repeat(256), 1), Unpooled.wrappedBuffer(new byte[1])));
    ChannelFuture length =
        channel.write(new Datagram(PEER, Unpooled.wrappedBuffer(new byte[65_536])));
    assertThat(name.cause()).hasMessageContaining("1 to 255");
    assertThat(length.cause()).hasMessageContaining("65536 bytes");
    assertThat(channel.isOpen()).isTrue();
    channel.flush();
    assertThat(written(channel)).isEmpty();
    channel.finishAndReleaseAll();
  }

  @Test
  void readsWhatItWritesHoweverItIsCut() {
    Seeds.forEach(
        20,
        random -> {
          EmbeddedChannel channel = encoder(new byte[0]);
          List<Object> expected = new ArrayList<>();
          Destination[] peers = {
            PEER, Destination.of("a.example", 1), Destination.of("2001:db8::1", 65_535)
          };
          for (int n = 0; n < 6; n++) {
            int most = n == 0 ? 65_508 : 600;
            byte[] payload = Seeds.bytes(random, random.nextInt(most));
            Destination peer = peers[random.nextInt(3)];
            expected.add(peer + " " + ByteBufUtil.hexDump(payload));
            channel.writeOutbound(new Datagram(peer, Unpooled.wrappedBuffer(payload)));
          }
          Outcome outcome = decode(written(channel));
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.messages()).isEqualTo(expected);
          channel.finishAndReleaseAll();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "07, unknown address type 7",
    "0300, empty name",
    "01c00002010035 0001 0a0d 00, no line end",
    "01c00002010035 0001 0d0a 00 02, unknown address type 2",
  })
  void failsOnceOnWhatIsNoPacket(String hex, String why) {
    Outcome outcome = decode(Client.hex(hex + "ffffffffffffffffffffffff"));
    assertThat(outcome.failure()).contains("the peer", why);
    assertThat(outcome.failureCount()).isEqualTo(1);
    assertThat(outcome.closed()).isTrue();
  }

  @Test
  void anEndWithinAPacketIsAFailure() {
    byte[] packet = Client.hex("01c00002010035 0003 0d0a 010203");
    for (int n = 0; n <= packet.length; n++) {
      Outcome outcome = decode(java.util.Arrays.copyOf(packet, n));
      if (n == 0 || n == packet.length) {
        assertThat(outcome.failure()).as("after %d bytes", n).isNull();
      } else {
        assertThat(outcome.failure()).as("after %d bytes", n).contains("within a packet");
      }
    }
  }

  @Test
  void anyBytesAreReadWithoutHarm() {
    Seeds.forEach(
        200,
        random -> {
          byte[] bytes = Seeds.bytes(random, random.nextInt(700));
          if (bytes.length > 0) {
            bytes[0] = (byte) (1 + random.nextInt(4));
          }
          assertThat(decode(bytes).failureCount()).isLessThan(2);
        });
  }
}
