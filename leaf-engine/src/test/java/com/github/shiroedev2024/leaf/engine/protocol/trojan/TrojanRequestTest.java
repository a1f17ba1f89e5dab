package com.github.shiroedev2024.leaf.engine.protocol.trojan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.trojan.TrojanRequest.RefusedException;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrojanRequestTest {
  private static final String KEY = "d63dc919e201d7bc4c825630d2cf25fdc93d4b2f0d46706d29038d01";
  private static final TrojanUser USER = new TrojanUser("password", "ann");
  private static final TrojanUsers USERS =
      new TrojanUsers(List.of(new TrojanUser("other", "bob"), USER));

  private static byte[] request(String behindKey) {
    byte[] rest = Client.hex(behindKey);
    byte[] all = Arrays.copyOf(KEY.getBytes(US_ASCII), KEY.length() + rest.length);
    System.arraycopy(rest, 0, all, KEY.length(), rest.length);
    return all;
  }

  @Test
  void theKeyIsTheHexOfTheDigest() {
    assertThat(new String(TrojanKey.of("password"), US_ASCII)).isEqualTo(KEY);
  }

  @ParameterizedTest
  @CsvSource({
    "TCP, 192.0.2.1, 443, 0d0a 01 01 c0000201 01bb 0d0a",
    "TCP, a.example, 80, 0d0a 01 03 09 612e6578616d706c65 0050 0d0a",
    "UDP, 2001:db8::1, 53, 0d0a 03 04 20010db8000000000000000000000001 0035 0d0a",
    "UDP, 0.0.0.0, 0, 0d0a 03 01 00000000 0000 0d0a",
  })
  void writesAndReadsByteForByte(Network network, String host, int port, String hex)
      throws RefusedException {
    Destination destination = Destination.of(host, port);
    byte[] expected = request(hex);
    ByteBuf written = Unpooled.buffer();
    TrojanRequest.write(TrojanKey.of("password"), network, destination, written);
    assertThat(ByteBufUtil.getBytes(written)).isEqualTo(expected);
    assertThat(TrojanRequest.length(destination)).isEqualTo(expected.length);

    for (int n = 0; n < expected.length; n++) {
      ByteBuf cut = Unpooled.copiedBuffer(expected, 0, n);
      assertThat(TrojanRequest.read(cut, USERS)).as("after %d bytes", n).isNull();
      assertThat(cut.readerIndex()).isZero();
    }
    ByteBuf glued = Unpooled.wrappedBuffer(expected, new byte[] {7});
    assertThat(TrojanRequest.read(glued, USERS))
        .isEqualTo(new TrojanRequest(USER, network, destination));
    assertThat(glued.readableBytes()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0a, no line end",
    "0d 0d, no line end",
    "0d0a 02, command 2 is unknown",
    "0d0a 7f, command 127 is unknown",
    "0d0a 01 02, unknown address type 2",
    "0d0a 01 03 00, empty name",
    "0d0a 01 01 c0000201 01bb 0a, no line end",
    "0d0a 01 01 c0000201 01bb 0d 00, no line end",
  })
  void failsAtTheFirstWrongByte(String hex, String why) throws RefusedException {
    byte[] bytes = request(hex);
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    assertThatThrownBy(() -> TrojanRequest.read(in, USERS))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
    assertThat(in.readerIndex()).as("all is there to be replayed").isZero();
    assertThat(TrojanRequest.read(Unpooled.wrappedBuffer(bytes, 0, bytes.length - 1), USERS))
        .isNull();
  }

  @Test
  void whatIsNoKeyFailsAtOnce() {
    for (String text : List.of("GET / HTTP/1.1\r\n", "d63dG", KEY.substring(0, 55) + "A")) {
      ByteBuf in = Unpooled.copiedBuffer(text, US_ASCII);
      assertThatThrownBy(() -> TrojanRequest.read(in, USERS))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("not Trojan");
      assertThat(in.readerIndex()).isZero();
    }
    ByteBuf other = Unpooled.copiedBuffer("0".repeat(56), US_ASCII);
    assertThatThrownBy(() -> TrojanRequest.read(other, USERS))
        .hasMessageContaining("unknown password");
    assertThat(other.readerIndex()).isZero();
  }

  @Test
  void anyBytesAreReadWithoutHarm() {
    Seeds.forEach(
        500,
        random -> {
          byte[] bytes = random.nextBoolean() ? request("") : new byte[0];
          byte[] more = Seeds.bytes(random, random.nextInt(400));
          soften(more, random);
          ByteBuf in = Unpooled.wrappedBuffer(bytes, more);
          int length = in.readableBytes();
          try {
            TrojanRequest request = TrojanRequest.read(in, USERS);
            if (request == null) {
              assertThat(in.readableBytes()).isEqualTo(length).isLessThan(56 + 5 + 259 + 2);
            }
          } catch (RefusedException e) {
            assertThat(in.readableBytes()).isEqualTo(length);
          }
        });
  }

  /** Makes a valid beginning likely. */
  private static void soften(byte[] bytes, Random random) {
    byte[] valid = Client.hex("0d0a 01 03");
    System.arraycopy(valid, 0, bytes, 0, Math.min(bytes.length, random.nextInt(5)));
  }
}
