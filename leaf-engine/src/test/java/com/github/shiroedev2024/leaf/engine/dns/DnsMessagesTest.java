package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DnsMessagesTest {
  private static final int OK = 0x8180;
  private static final Question WWW = new Question("www.example.com", RecordType.A);
  private static final InetAddress ONE = InetAddress.ofLiteral("1.2.3.4");

  @Test
  void writesAQueryWithAndWithoutEdns() {
    ByteBuf out = Unpooled.buffer();
    DnsMessages.writeQuery(out, 0xabcd, new Question("a.bc", RecordType.AAAA), true);
    assertThat(ByteBufUtil.hexDump(out))
        .isEqualTo(
            "abcd01000001000000000001" + "0161026263" + "00001c0001" + "00002904d0000000000000");
    out.clear();
    DnsMessages.writeQuery(out, 1, new Question("a.bc", RecordType.A), false);
    assertThat(ByteBufUtil.hexDump(out))
        .isEqualTo("000101000001000000000000" + "0161026263" + "0000010001");
  }

  @Test
  void readsAddressesWithTheShortestLife() {
    byte[] reply =
        message(OK)
            .a("www.example.com", 300, 1, 2, 3, 4)
            .a("WWW.example.COM", 60, 5, 6, 7, 8)
            .bytes();
    assertThat(read(reply))
        .isEqualTo(
            new Answer.Found(
                List.of(ONE, InetAddress.ofLiteral("5.6.7.8")), Duration.ofSeconds(60)));
  }

  @Test
  void followsAliasesInAnyOrder() {
    byte[] reply =
        message(OK)
            .a("c.example.net", 300, 1, 2, 3, 4)
            .cname("b.example.net", 20, "c.example.net")
            .cname("www.example.com", 100, "b.example.net")
            .a("other.example", 1, 9, 9, 9, 9)
            .bytes();
    assertThat(read(reply)).isEqualTo(new Answer.Found(List.of(ONE), Duration.ofSeconds(20)));
  }

  @Test
  void aLoopOfAliasesIsNoAnswer() {
    byte[] reply =
        message(OK)
            .cname("www.example.com", 100, "b.example.net")
            .cname("b.example.net", 100, "www.example.com")
            .bytes();
    assertThat(read(reply)).isEqualTo(new Answer.Missing(true, Duration.ofSeconds(5)));
  }

  @Test
  void lifeHasBounds() {
    assertThat(read(message(OK).a("www.example.com", 0, 1, 2, 3, 4).bytes()))
        .isEqualTo(new Answer.Found(List.of(ONE), Duration.ofSeconds(1)));
    assertThat(read(message(OK).a("www.example.com", 0x80000001L, 1, 2, 3, 4).bytes()))
        .isEqualTo(new Answer.Found(List.of(ONE), Duration.ofSeconds(1)));
    assertThat(read(message(OK).a("www.example.com", 0x7fffffffL, 1, 2, 3, 4).bytes()))
        .isEqualTo(new Answer.Found(List.of(ONE), Duration.ofDays(1)));
  }

  @Test
  void noSuchNameHoldsAsLongAsTheZoneSays() {
    assertThat(read(message(0x8183).soa("example.com", 30, 900).bytes()))
        .isEqualTo(new Answer.Missing(false, Duration.ofSeconds(30)));
    assertThat(read(message(OK).soa("example.com", 900, 12).bytes()))
        .isEqualTo(new Answer.Missing(true, Duration.ofSeconds(12)));
    assertThat(read(message(0x8183).soa("example.com", 9000, 9000).bytes()))
        .isEqualTo(new Answer.Missing(false, Duration.ofSeconds(60)));
  }

  @Test
  void ignoresWhatIsNotTheAnswer() {
    byte[] right = message(OK).a("www.example.com", 300, 1, 2, 3, 4).bytes();
    assertThat(read(right)).isNotNull();
    assertThat(read(changed(right, 1, 8))).as("id").isNull();
    assertThat(read(changed(right, 2, 0x01))).as("a query").isNull();
    assertThat(read(changed(right, 5, 0))).as("no question").isNull();
    assertThat(read(changed(right, 13, 'x'))).as("another name").isNull();
    assertThat(read(changed(right, 30, 28))).as("another type").isNull();
    assertThat(read(changed(right, 32, 3))).as("another class").isNull();
    assertThat(read(new byte[0])).isNull();
    for (int length = 0; length < right.length; length++) {
      assertThat(read(Arrays.copyOf(right, length))).as("cut at %s", length).isNull();
    }
  }

  @Test
  void tellsErrorsApart() {
    assertThat(read(message(0x8182).bytes())).isEqualTo(new Answer.Failed("SERVFAIL", false));
    assertThat(read(message(0x8185).bytes())).isEqualTo(new Answer.Failed("REFUSED", false));
    assertThat(read(message(0x8189).bytes())).isEqualTo(new Answer.Failed("RCODE 9", false));
    assertThat(read(message(0x8181).bytes())).isEqualTo(new Answer.NotUnderstood("FORMERR"));
    assertThat(read(message(0x8380).bytes())).isEqualTo(new Answer.Truncated());
    byte[] headerOnly = WireMessage.raw(0, 7, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(read(headerOnly)).isEqualTo(new Answer.NotUnderstood("FORMERR"));
  }

  @Test
  void pointersThatDoNotLeadBackAreNoNames() {
    byte[] right = message(OK).a("www.example.com", 300, 1, 2, 3, 4).bytes();
    byte[] own = Arrays.copyOf(right, 33 + 16);
    byte[] record = WireMessage.raw(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4);
    System.arraycopy(record, 0, own, 33, record.length);
    assertThat(read(own)).isEqualTo(new Answer.Found(List.of(ONE), Duration.ofSeconds(9)));
    assertThat(read(changed(own, 34, 33))).as("to itself").isNull();
    assertThat(read(changed(own, 34, 40))).as("forwards").isNull();
  }

  @Test
  void damagedRepliesNeverDoMoreThanCount() {
    byte[] right =
        message(OK)
            .cname("www.example.com", 100, "b.example.net")
            .a("b.example.net", 300, 1, 2, 3, 4)
            .soa("example.com", 30, 900)
            .bytes();
    Seeds.forEach(
        3000,
        random -> {
          byte[] damaged = right.clone();
          for (int i = 1 + random.nextInt(6); i > 0; i--) {
            damaged[2 + random.nextInt(damaged.length - 2)] = (byte) random.nextInt(256);
          }
          read(Arrays.copyOf(damaged, random.nextInt(damaged.length + 1)));
          read(damaged);
          byte[] noise = Seeds.bytes(random, random.nextInt(600));
          read(noise);
          if (noise.length > 12) {
            System.arraycopy(right, 0, noise, 0, Math.min(33, noise.length));
            noise[7] = 9;
            read(noise);
          }
        });
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] other = bytes.clone();
    other[at] = (byte) value;
    return other;
  }

  private static WireMessage message(int flags) {
    return WireMessage.reply(7, flags, "www.example.com", 1);
  }

  /** Reads it from the middle of a buffer, and checks that the buffer was left as it was. */
  private static @Nullable Answer read(byte[] bytes) {
    ByteBuf in = Unpooled.buffer().writeBytes(new byte[5]).writeBytes(bytes);
    in.readerIndex(5);
    Answer answer = DnsMessages.readAnswer(in, 7, WWW);
    assertThat(in.readableBytes()).isEqualTo(bytes.length);
    return answer;
  }
}
