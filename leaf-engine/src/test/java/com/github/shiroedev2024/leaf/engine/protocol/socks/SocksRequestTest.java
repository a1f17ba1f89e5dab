package com.github.shiroedev2024.leaf.engine.protocol.socks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SocksRequestTest {
  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(Client.hex(hex));
  }

  /** Nothing is taken while the last byte is missing; what follows is left alone. */
  private static <T> T whole(String hex, Function<ByteBuf, @Nullable T> read) {
    byte[] message = Client.hex(hex);
    for (int n = 0; n < message.length; n++) {
      ByteBuf part = Unpooled.wrappedBuffer(message, 0, n);
      assertThat(read.apply(part)).as("%d bytes", n).isNull();
      assertThat(part.readableBytes()).isEqualTo(n);
    }
    ByteBuf glued = Unpooled.wrappedBuffer(message, new byte[] {1, 2, 3});
    T value = read.apply(glued);
    assertThat(value).isNotNull();
    assertThat(glued.readableBytes()).isEqualTo(3);
    return value;
  }

  @ParameterizedTest
  @CsvSource({
    "05 01 00 01 7f000001 0050,                             1, 127.0.0.1,   80",
    "05 03 00 01 00000000 0000,                             3, 0.0.0.0,     0",
    "05 01 ff 03 0b 6578616d706c652e636f6d 01bb,            1, example.com, 443",
    "05 02 00 04 00000000000000000000000000000001 ffff,     2, ::1,         65535",
    "05 01 00 03 09 3132372e302e302e31 0035,                1, 127.0.0.1,   53",
    "05 09 00 01 01020304 0001,                             9, 1.2.3.4,     1",
  })
  void readsVersion5(String hex, int command, String host, int port) {
    SocksRequest request = whole(hex, SocksRequest::version5);
    assertThat(request).isEqualTo(new SocksRequest(5, command, Destination.of(host, port)));
  }

  @ParameterizedTest
  @CsvSource({
    "04 01 0050 7f000001 00,                      1, 127.0.0.1,   80",
    "04 01 0050 7f000001 6d65 00,                 1, 127.0.0.1,   80",
    "04 02 01bb 08080808 00,                      2, 8.8.8.8,     443",
    "04 01 0050 00000001 00 612e6578616d706c6500, 1, a.example,   80",
    "04 01 0050 000000ff 6d65 00 3a3a3100,        1, ::1,         80",
    "04 01 0050 00000000 00,                      1, 0.0.0.0,     80",
  })
  void readsVersion4(String hex, int command, String host, int port) {
    SocksRequest request = whole(hex, SocksRequest::version4);
    assertThat(request).isEqualTo(new SocksRequest(4, command, Destination.of(host, port)));
  }

  @Test
  void readsGreetings() {
    Function<ByteBuf, @Nullable Integer> greeting =
        in -> {
          int methods = SocksRequest.greeting(in);
          return methods == SocksRequest.INCOMPLETE ? null : methods;
        };
    assertThat(whole("05 00", greeting)).isZero();
    assertThat(whole("05 01 00", greeting)).isEqualTo(1);
    assertThat(whole("05 03 80 02 ff", greeting)).isEqualTo(4);
    assertThat(whole("05 02 00 02", greeting)).isEqualTo(5);
  }

  @Test
  void readsLogins() {
    SocksRequest.Login login = whole("01 02 6d65 04 31323334", SocksRequest::login);
    assertThat(login.username()).isEqualTo("me");
    assertThat(login.password()).isEqualTo("1234".getBytes(US_ASCII));
    assertThat(whole("01 00 00", SocksRequest::login).password()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05 01 00 03 00 0050", // no name
        "05 01 00 03 03 610a62 0050", // a line break
        "05 01 00 03 03 612062 0050", // a blank
        "05 01 00 03 01 7f 0050",
        "04 01 00 03 01 61 0050", // another version
      })
  void refusesBadVersion5(String hex) {
    assertThatThrownBy(() -> SocksRequest.version5(bytes(hex)))
        .isInstanceOfSatisfying(
            SocksFormatException.class,
            e -> assertThat(e.reply()).isEqualTo(SocksReply.GENERAL_FAILURE));
  }

  @Test
  void namesUnknownAddressTypes() {
    assertThatThrownBy(() -> SocksRequest.version5(bytes("05 01 00 02 01020304 0050")))
        .isInstanceOfSatisfying(
            SocksFormatException.class,
            e -> assertThat(e.reply()).isEqualTo(SocksReply.ADDRESS_NOT_SUPPORTED));
  }

  @Test
  void refusesEndlessSocks4Texts() {
    String userId = "61".repeat(256);
    assertThatThrownBy(() -> SocksRequest.version4(bytes("04 01 0050 7f000001" + userId)))
        .isInstanceOf(SocksFormatException.class)
        .hasMessageContaining("user id");
    assertThatThrownBy(() -> SocksRequest.version4(bytes("04 01 0050 00000001 00" + userId)))
        .isInstanceOf(SocksFormatException.class)
        .hasMessageContaining("domain name");
    assertThatThrownBy(() -> SocksRequest.version4(bytes("04 01 0050 00000001 00 00")))
        .isInstanceOf(SocksFormatException.class)
        .hasMessageContaining("empty");
  }

  @Test
  void neverFailsOtherwiseOnGarbage() {
    Seeds.forEach(
        20_000,
        random -> {
          byte[] garbage = Seeds.bytes(random, random.nextInt(300));
          if (garbage.length > 3 && random.nextBoolean()) {
            garbage[0] = (byte) (random.nextBoolean() ? 5 : 4);
            garbage[3] = (byte) (1 + random.nextInt(4));
          }
          for (Function<ByteBuf, @Nullable Object> read :
              List.<Function<ByteBuf, @Nullable Object>>of(
                  SocksRequest::version5,
                  SocksRequest::version4,
                  SocksRequest::login,
                  SocksRequest::greeting,
                  in -> new SocksDatagram().read(in))) {
            ByteBuf in = Unpooled.wrappedBuffer(garbage);
            try {
              Object value = read.apply(in);
              assertThat(in.readableBytes()).isBetween(0, garbage.length);
              if (value instanceof SocksRequest request) {
                assertThat(request.destination().host()).isNotEmpty();
              }
            } catch (SocksFormatException e) {
              assertThat(e.getMessage()).isNotEmpty();
            }
          }
        });
  }

  @Test
  void datagramHeadersAreRecognisedAgain() {
    SocksDatagram codec = new SocksDatagram();
    Destination first = Destination.of("a.example", 53);
    Destination second = Destination.of("10.0.0.1", 53);
    for (Destination peer : List.of(first, first, second, first, second, second)) {
      ByteBuf payload = Unpooled.copiedBuffer("payload " + peer, US_ASCII);
      ByteBuf framed = codec.write(payload.alloc(), peer, payload);
      assertThat(codec.read(framed)).isEqualTo(peer);
      assertThat(framed.toString(US_ASCII)).isEqualTo("payload " + peer);
      framed.release();
      payload.release();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "0000",
        "000000",
        "00000001",
        "00000001 7f000001 00",
        "00 00 01 01 7f000001 0035 61", // a fragment
        "01 00 00 01 7f000001 0035 61", // reserved bytes
        "00 00 00 05 7f000001 0035 61", // address type
      })
  void dropsDatagramsThatAreNotSocks(String hex) {
    assertThat(new SocksDatagram().read(bytes(hex))).isNull();
  }
}
