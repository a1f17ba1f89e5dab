package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DnsQueryTest {
  private static byte[] asked(String name, int type) {
    return WireMessage.reply(7, 0x0100, name, type).bytes();
  }

  private static DnsQuery read(byte[] message) {
    return Objects.requireNonNull(DnsQuery.read(Unpooled.wrappedBuffer(message)));
  }

  private static int type(byte[] message) {
    return DnsQuery.type(ByteBuffer.wrap(message), 0, message.length);
  }

  @Test
  void tellsTypeAndName() {
    for (int type : new int[] {1, 12, 16, 28, 64, 65, 255, 65_535}) {
      DnsQuery query = read(asked("www.Example.org", type));
      assertThat(query.type()).isEqualTo(type);
      assertThat(query.name()).isEqualTo("www.Example.org");
      assertThat(query.recursionDesired()).isTrue();
      assertThat(query.six()).isEqualTo(type == 28);
    }
  }

  @Test
  void whatIsNoQuestionHasNoType() {
    byte[] good = asked("www.example.org", 1);
    assertThat(type(good)).isEqualTo(DnsQuery.A);
    for (int length = 0; length < good.length; length++) {
      assertThat(DnsQuery.type(ByteBuffer.wrap(good), 0, length)).isZero();
    }
    byte[] response = WireMessage.reply(7, 0x8180, "www.example.org", 1).bytes();
    assertThat(type(response)).isZero();
    byte[] two = good.clone();
    two[5] = 2;
    assertThat(type(two)).isZero();
    byte[] chaos = good.clone();
    chaos[chaos.length - 1] = 3;
    assertThat(type(chaos)).isZero();
    byte[] pointer = good.clone();
    pointer[12] = (byte) 0xc0;
    assertThat(type(pointer)).isZero();
  }

  @Test
  void answersAPointer() {
    ByteBuf out = Unpooled.buffer();
    read(asked("1.0.18.198.in-addr.arpa", 12)).writePointer(out, "a.bc", Duration.ofSeconds(1));
    byte[] expected =
        WireMessage.reply(7, 0x8180, "1.0.18.198.in-addr.arpa", 12)
            .answer("x", 12, 1, "\u0001a\u0002bc\u0000".getBytes(StandardCharsets.US_ASCII))
            .bytes();
    byte[] got = new byte[out.readableBytes()];
    out.readBytes(got);
    // The owner's name is a pointer, two bytes as the "x" of three is not.
    assertThat(got).hasSize(expected.length - 1).startsWith(7 >> 8, 7, 0x81, 0x80, 0, 1, 0, 1);
    assertThat(new String(got, StandardCharsets.ISO_8859_1))
        .endsWith("\u0000\u0000\u0001\u0000\u0006\u0001a\u0002bc\u0000");
  }

  @Test
  void addressesOfTheOtherFamilyAreLeftOut() {
    ByteBuf out = Unpooled.buffer();
    read(asked("a.example", 28))
        .writeAnswer(
            out,
            DnsQuery.NO_ERROR,
            List.of(InetAddress.ofLiteral("198.18.0.1")),
            Duration.ofSeconds(1));
    assertThat(out.getShort(6)).isZero();
  }

  @Test
  void readsReverseNames() {
    assertThat(DnsQuery.reversed("1.2.18.198.in-addr.arpa")).isEqualTo(0xc6120201L);
    assertThat(DnsQuery.reversed("255.255.255.255.IN-ADDR.ARPA")).isEqualTo(0xffffffffL);
    for (String no :
        List.of(
            "in-addr.arpa",
            ".in-addr.arpa",
            "18.198.in-addr.arpa",
            "0.1.2.18.198.in-addr.arpa",
            "256.2.18.198.in-addr.arpa",
            "01.2.18.198.in-addr.arpa",
            "a.2.18.198.in-addr.arpa",
            ".2.18.198.in-addr.arpa",
            "1.2.18.198.in-addr.arpb")) {
      assertThat(DnsQuery.reversed(no)).as(no).isEqualTo(-1);
    }
  }
}
