package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressTokensTest {
  private static final InetSocketAddress CLIENT = client("192.0.2.7", 4433);
  private static final byte[] ID = HexFormat.of().parseHex("0102030405060708");

  private final AtomicLong millis = new AtomicLong(1_800_000_000_000L);
  private final AtomicBoolean room = new AtomicBoolean(true);
  private final AddressTokens tokens = tokens(0);

  private AddressTokens tokens(int secret) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (secret + i);
    }
    return new AddressTokens(bytes, () -> Instant.ofEpochMilli(millis.get()), room::get);
  }

  private static InetSocketAddress client(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private ByteBuf token() {
    ByteBuf token = Unpooled.buffer();
    assertThat(tokens.writeToken(token, Unpooled.wrappedBuffer(ID), CLIENT)).isTrue();
    assertThat(token.readableBytes()).isLessThanOrEqualTo(tokens.maxTokenLength());
    return token;
  }

  /** Computed by another implementation of HMAC-SHA256. */
  @Test
  void isLaidOutAsDocumented() {
    assertThat(ByteBufUtil.hexDump(token()))
        .isEqualTo("000001a3185cc530" + "1bd71c24b439b466bb30e76658791dd1" + "0102030405060708");
  }

  @Test
  void comesBackFromTheSameAddressOnly() {
    ByteBuf token = token();
    assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(24);
    assertThat(tokens.validateToken(token, client("192.0.2.7", 4434))).isEqualTo(-1);
    assertThat(tokens.validateToken(token, client("192.0.2.8", 4433))).isEqualTo(-1);
    assertThat(tokens.validateToken(token, client("2001:db8::7", 4433))).isEqualTo(-1);
    assertThat(tokens(1).validateToken(token, CLIENT)).isEqualTo(-1);
  }

  @Test
  void holdsForHalfAMinute() {
    ByteBuf token = token();
    millis.addAndGet(AddressTokens.VALID_MILLIS - 1);
    assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(24);
    millis.addAndGet(1);
    assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
    millis.addAndGet(-2 * AddressTokens.VALID_MILLIS); // the clock was set back
    assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
  }

  @Test
  void nothingIsValidWithoutRoom() {
    ByteBuf token = token();
    room.set(false);
    assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
  }

  @Test
  void anyChangeIsSeen() {
    byte[] token = ByteBufUtil.getBytes(token());
    for (int i = 0; i < token.length * 8; i++) {
      byte[] changed = token.clone();
      changed[i / 8] ^= (byte) (1 << (i % 8));
      assertThat(tokens.validateToken(Unpooled.wrappedBuffer(changed), CLIENT)).isEqualTo(-1);
    }
    for (int length = 0; length < token.length; length++) {
      assertThat(tokens.validateToken(Unpooled.wrappedBuffer(token, 0, length), CLIENT))
          .isEqualTo(-1);
    }
  }

  @Test
  void garbageIsNoToken() {
    Seeds.forEach(
        1000,
        random ->
            assertThat(
                    tokens.validateToken(
                        Unpooled.wrappedBuffer(Seeds.bytes(random, random.nextInt(100))), CLIENT))
                .isEqualTo(-1));
  }
}
