package com.github.shiroedev2024.leaf.engine.protocol.vless;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.codec.SecretTable;
import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.codec.Uuids;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.vless.VlessRequest.RefusedException;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier;
import com.github.shiroedev2024.leaf.testkit.DecoderVerifier.Outcome;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
final class VlessCodecTest {
  private static final UUID ID = UUID.fromString("b831381d-6324-4d53-ad4f-8cda48b30811");
  private static final String HEX = "b831381d63244d53ad4f8cda48b30811";
  private static final UuidUser USER = new UuidUser(ID, "ann");
  private static final Destination TARGET = Destination.of("192.0.2.1", 53);

  private final SecretTable<UuidUser> users = new SecretTable<>(Uuids.BYTES);

  VlessCodecTest() {
    users.put(Uuids.bytes(ID), USER);
  }

  @ParameterizedTest
  @CsvSource({
    "TCP, 192.0.2.1, 443, 01 01bb 01 c0000201",
    "TCP, a.example, 80, 01 0050 02 09 612e6578616d706c65",
    "UDP, 2001:db8::1, 53, 02 0035 03 20010db8000000000000000000000001",
  })
  void writesAndReadsByteForByte(Network network, String host, int port, String hex)
      throws RefusedException {
    Destination destination = Destination.of(host, port);
    byte[] expected = Client.hex("00" + HEX + "00" + hex);
    assertThat(VlessRequest.bytes(ID, network, destination)).isEqualTo(expected);
    for (String addons : List.of("00", "02 0a00", "04 12027878")) {
      byte[] sent = Client.hex("00" + HEX + addons + hex);
      for (int n = 0; n < sent.length; n++) {
        ByteBuf cut = Unpooled.copiedBuffer(sent, 0, n);
        assertThat(VlessRequest.read(cut, users)).as("after %d bytes", n).isNull();
        assertThat(cut.readerIndex()).isZero();
      }
      ByteBuf glued = Unpooled.wrappedBuffer(sent, new byte[] {7});
      assertThat(VlessRequest.read(glued, users))
          .isEqualTo(new VlessRequest(USER, network, destination, false));
      assertThat(glued.readableBytes()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "47, false, not VLESS",
    "00 b831381d63244d53ad4f8cda48b30812, false, unknown UUID",
    "00 b831381d63244d53ad4f8cda48b30811 00 09, false, command 9 is unknown",
    "00 b831381d63244d53ad4f8cda48b30811 00 01 01bb 04, false, unknown address type 4",
    "00 b831381d63244d53ad4f8cda48b30811 00 01 01bb 02 00, false, empty name",
    "00 b831381d63244d53ad4f8cda48b30811 12 0a10 78746c732d727072782d766973696f6e 01, true,"
        + " xtls-rprx-vision",
  })
  void failsAtTheFirstWrongByte(String hex, boolean known, String why) {
    ByteBuf in = Unpooled.wrappedBuffer(Client.hex(hex));
    assertThatThrownBy(() -> VlessRequest.read(in, users))
        .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.known()).isEqualTo(known))
        .hasMessageContaining(why);
    assertThat(in.readerIndex()).isZero();
  }

  @Test
  void anyBytesAreReadWithoutHarm() {
    Seeds.forEach(
        500,
        random -> {
          byte[] begin = random.nextBoolean() ? Client.hex("00" + HEX + "00") : new byte[0];
          ByteBuf in = Unpooled.wrappedBuffer(begin, Seeds.bytes(random, random.nextInt(400)));
          int length = in.readableBytes();
          try {
            if (VlessRequest.read(in, users) == null) {
              assertThat(in.readableBytes()).isEqualTo(length);
            }
          } catch (RefusedException e) {
            assertThat(in.readableBytes()).isEqualTo(length);
          }
        });
  }

  // The response

  private static Outcome response(byte[] bytes) {
    return DecoderVerifier.of(() -> new EmbeddedChannel(new VlessResponseReader("the server")))
        .verify(bytes);
  }

  @ParameterizedTest
  @CsvSource({"0000", "0001ff", "00050102030405"})
  void theResponseIsSkippedWhateverItsLength(String header) {
    Outcome outcome = response(Client.hex(header + "68656c6c6f"));
    assertThat(outcome.failure()).isNull();
    assertThat(outcome.bytes()).isEqualTo("hello".getBytes(US_ASCII));
    assertThat(response(Client.hex(header)).failure()).isNull();
  }

  @Test
  void anotherVersionIsAFailure() {
    Outcome outcome = response("HTTP/1.1 400".getBytes(US_ASCII));
    assertThat(outcome.failure()).contains("the server", "something else than VLESS");
    assertThat(outcome.failureCount()).isEqualTo(1);
    assertThat(outcome.closed()).isTrue();
    assertThat(outcome.messages()).isEmpty();
  }

  @Test
  void anEndWithinTheResponseIsAFailureAndOneBeforeIsNot() {
    assertThat(response(new byte[0]).failure()).isNull();
    assertThat(response(new byte[1]).failure()).contains("within its response");
    assertThat(response(new byte[] {0, 2, 1}).failure()).contains("within its response");
  }

  // Packets

  private static Outcome packets(byte[] bytes) {
    return DecoderVerifier.of(() -> new EmbeddedChannel(new VlessPacketDecoder(TARGET, "the peer")))
        .describe(
            message -> {
              Datagram datagram = (Datagram) message;
              return datagram.peer() + " " + ByteBufUtil.hexDump(datagram.content());
            })
        .rounds(8)
        .verify(bytes);
  }

  private static byte[] written(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (Object m = channel.readOutbound(); m != null; m = channel.readOutbound()) {
      all.writeBytes((ByteBuf) m);
      ((ByteBuf) m).release();
    }
    return ByteBufUtil.getBytes(all);
  }

  @Test
  void readsWhatItWritesHoweverItIsCut() {
    Seeds.forEach(
        20,
        random -> {
          EmbeddedChannel channel =
              new EmbeddedChannel(new VlessPacketEncoder(TARGET, new byte[0]));
          List<Object> expected = new ArrayList<>();
          for (int n = 0; n < 5; n++) {
            byte[] payload = Seeds.bytes(random, random.nextInt(n == 0 ? 65_508 : 500));
            expected.add(TARGET + " " + ByteBufUtil.hexDump(payload));
            channel.writeOutbound(new Datagram(TARGET, Unpooled.wrappedBuffer(payload)));
          }
          Outcome outcome = packets(written(channel));
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.messages()).isEqualTo(expected);
          channel.finishAndReleaseAll();
        });
  }

  @Test
  void theRequestGoesWithTheFirstPacketOnly() {
    EmbeddedChannel channel = new EmbeddedChannel(new VlessPacketEncoder(TARGET, new byte[] {9}));
    channel.writeOutbound(new Datagram(TARGET, Unpooled.wrappedBuffer(new byte[] {1, 2})));
    channel.writeOutbound(new Datagram(TARGET, Unpooled.wrappedBuffer(new byte[] {3})));
    assertThat(written(channel)).isEqualTo(Client.hex("09 0002 0102 0001 03"));
    channel.finishAndReleaseAll();
  }

  @Test
  void whatTheStreamCannotTellIsDropped() {
    EmbeddedChannel channel = new EmbeddedChannel(new VlessPacketEncoder(TARGET, new byte[0]));
    Datagram foreign = new Datagram(TARGET.withPort(54), Unpooled.wrappedBuffer(new byte[] {1}));
    assertThat(channel.write(foreign).cause()).hasMessageContaining("192.0.2.1:54");
    assertThat(
            channel.write(new Datagram(TARGET, Unpooled.wrappedBuffer(new byte[65_536]))).cause())
        .hasMessageContaining("65536 bytes");
    channel.flush();
    assertThat(written(channel)).isEmpty();
    channel.finishAndReleaseAll();

    EmbeddedChannel named =
        new EmbeddedChannel(new VlessPacketEncoder(Destination.of("a.example", 53), new byte[0]));
    named.writeOutbound(new Datagram(TARGET, Unpooled.wrappedBuffer(new byte[] {1})));
    assertThat(written(named)).isEqualTo(Client.hex("0001 01"));
    named.finishAndReleaseAll();
  }

  @Test
  void anEndWithinAPacketIsAFailure() {
    assertThat(packets(Client.hex("0002 0102 00")).failure()).contains("within a packet");
    assertThat(packets(Client.hex("0002 0102 0002 01")).failure()).contains("within a packet");
    assertThat(packets(Client.hex("0002 0102 0000")).failure()).isNull();
  }

  @Test
  void uuidsAreReadInBothSpellings() {
    assertThat(Uuids.parse("B831381D-6324-4D53-AD4F-8CDA48B30811")).isEqualTo(ID);
    assertThat(Uuids.parse(HEX)).isEqualTo(ID);
    for (String text : List.of("", "example", HEX + "0", HEX.substring(1), "{" + HEX + "}")) {
      assertThat(Uuids.parse(text)).as(text).isNull();
    }
  }
}
