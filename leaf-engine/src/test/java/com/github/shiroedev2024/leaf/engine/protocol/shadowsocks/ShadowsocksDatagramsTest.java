package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.crypto.AeadCipher;
import com.github.shiroedev2024.leaf.engine.crypto.AeadMethod;
import com.github.shiroedev2024.leaf.engine.crypto.HkdfSha1;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.helpers.NOPLogger;

@ExtendWith(LeakCheck.class)
class ShadowsocksDatagramsTest {
  private static final Destination SERVER = Destination.of("10.1.1.1", 8388);
  private static final Destination PEER = Destination.of("1.2.3.4", 53);
  private static final String PASSWORD = "correct horse";

  // Golden datagrams, made with Python's cryptography package from the layout in package-info.
  @ParameterizedTest
  @CsvSource({
    "AES_128_GCM, 000102030405060708090a0b0c0d0e0fbfc961909af4fd041e0af0baa1b0e7b6e922c2dc9ecbd682"
        + "f4c882",
    "AES_256_GCM, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f12d6d5567ad54f4f"
        + "741d1d6916ea8505e64f87a0d7f0c4e79d95c3",
    "CHACHA20_POLY1305, 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fda9a931294"
        + "d83c377b8fbe270147d9ac2c4755897e258d7fa77c77"
  })
  void opensTheGoldenDatagram(AeadMethod method, String hex) {
    EmbeddedChannel channel = association(method);
    channel.writeInbound(
        new Datagram(SERVER, Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex))));
    Datagram opened = channel.readInbound();
    assertThat(opened.peer()).isEqualTo(PEER);
    assertThat(opened.content().toString(US_ASCII)).isEqualTo("ping");
    opened.release();
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest
  @EnumSource
  void opensWhatItSealed(AeadMethod method) {
    Seeds.forEach(
        40,
        random -> {
          EmbeddedChannel channel = association(method);
          byte[] payload = Seeds.bytes(random, random.nextInt(random.nextBoolean() ? 100 : 65_000));
          Destination peer =
              random.nextBoolean() ? Destination.of("a.example", 443) : Destination.of("::1", 5);
          ByteBuf first = seal(channel, peer, payload);
          ByteBuf second = seal(channel, peer, payload);
          assertThat(first).isNotEqualTo(second);
          second.release();
          channel.writeInbound(new Datagram(SERVER, first));
          Datagram opened = channel.readInbound();
          assertThat(opened.peer()).isEqualTo(peer);
          assertThat(ByteBufUtil.getBytes(opened.content())).isEqualTo(payload);
          opened.release();
          channel.finishAndReleaseAll();
        });
  }

  @Test
  void dropsWhatDoesNotAuthenticateAndGoesOn() {
    EmbeddedChannel channel = association(AeadMethod.AES_256_GCM);
    Seeds.forEach(
        300,
        random -> {
          ByteBuf sealed = seal(channel, PEER, Seeds.bytes(random, random.nextInt(100)));
          if (random.nextBoolean()) {
            int at = random.nextInt(sealed.readableBytes());
            sealed.setByte(at, sealed.getByte(at) ^ (1 << random.nextInt(8)));
          } else {
            sealed.writerIndex(random.nextInt(sealed.writerIndex()));
          }
          channel.writeInbound(new Datagram(SERVER, sealed));
          assertThat(channel.<Object>readInbound()).isNull();
        });
    channel.writeInbound(new Datagram(SERVER, seal(channel, PEER, new byte[] {1})));
    Datagram opened = channel.readInbound();
    assertThat(opened.content().readByte()).isEqualTo((byte) 1);
    opened.release();
    channel.checkException();
    channel.finishAndReleaseAll();
  }

  @Test
  void dropsWhatHasNoAddress() {
    EmbeddedChannel channel = association(AeadMethod.AES_128_GCM);
    ShadowsocksKey key = new ShadowsocksKey(AeadMethod.AES_128_GCM, PASSWORD);
    byte[] salt = new byte[16];
    var cipher = AeadCipher.sealing(key.method(), key.subkey(new HkdfSha1(), salt));
    byte[] sealed = new byte[3 + 16];
    cipher.seal(new byte[] {1, 2, 3}, 0, 3, sealed, 0);
    channel.writeInbound(new Datagram(SERVER, Unpooled.wrappedBuffer(salt, sealed)));
    assertThat(channel.<Object>readInbound()).isNull();
    channel.checkException();
    channel.finishAndReleaseAll();
  }

  @Test
  void refusesWhatDoesNotFitOneDatagram() {
    EmbeddedChannel channel = association(AeadMethod.AES_256_GCM);
    int most = 65_507 - 32 - 7 - 16;
    ByteBuf fits = seal(channel, PEER, new byte[most]);
    assertThat(fits.readableBytes()).isEqualTo(65_507);
    fits.release();
    ChannelFuture tooMuch =
        channel.writeAndFlush(new Datagram(PEER, Unpooled.wrappedBuffer(new byte[most + 1])));
    assertThat(tooMuch.cause()).hasMessageContaining("65508 bytes");
    ChannelFuture tooLong =
        channel.writeAndFlush(
            new Datagram(Destination.of("x".repeat(256), 1), Unpooled.EMPTY_BUFFER));
    assertThat(tooLong.cause()).hasMessageContaining("255 bytes");
    assertThat(channel.<Object>readOutbound()).isNull();
    channel.finishAndReleaseAll();
  }

  private static ByteBuf seal(EmbeddedChannel channel, Destination peer, byte[] payload) {
    assertThat(channel.writeOutbound(new Datagram(peer, Unpooled.wrappedBuffer(payload)))).isTrue();
    Datagram sealed = channel.readOutbound();
    assertThat(sealed.peer()).isEqualTo(SERVER);
    return sealed.content();
  }

  private static EmbeddedChannel association(AeadMethod method) {
    return new EmbeddedChannel(
        new ShadowsocksDatagrams(
            SERVER,
            new AeadDatagramCodec(
                new ShadowsocksKey(method, PASSWORD), new Salts(new SecureRandom(), new byte[0])),
            NOPLogger.NOP_LOGGER));
  }
}
