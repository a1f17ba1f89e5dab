package com.github.shiroedev2024.leaf.engine.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.DatagramSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownNamesTest {
  private static final InetAddress FOUR = InetAddress.ofLiteral("192.0.2.7");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.8");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::7");

  /** WWW.a.example is an alias of b.example, which has two addresses. */
  private static final String ANSWER =
      "1234 8180 0001 0003 0000 0000"
          + "03575757 0161 076578616d706c65 00 0001 0001"
          + "c00c 0005 0001 0000003c 0004 0162 c012"
          + "c02b 0001 0001 0000003c 0004 c0000207"
          + "c02b 0001 0001 0000003c 0004 c0000208";

  private static final String ANSWER6 =
      "1234 8180 0001 0001 0000 0000"
          + "0161 076578616d706c65 00 001c 0001"
          + "c00c 001c 0001 0000003c 0010 20010db8000000000000000000000007";

  private final KnownNames names = new KnownNames();
  private final List<String> received = new ArrayList<>();
  private final DnsListener listener =
      new DnsListener(
          new DatagramSink() {
            @Override
            public void receive(Datagram datagram) {
              received.add(ByteBufUtil.hexDump(datagram.content()));
              datagram.release();
            }

            @Override
            public void receiveComplete() {
              received.add("complete");
            }
          },
          names);

  private void comes(String hex, int port) {
    ByteBuf content = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    listener.receive(new Datagram(Destination.of("198.51.100.53", port), content));
  }

  @Test
  void notesWhatServersAnswerAndPassesItOn() {
    comes(ANSWER, 53);
    comes(ANSWER6, 53);
    listener.receiveComplete();
    assertThat(names.of(FOUR)).isEqualTo("www.a.example");
    assertThat(names.of(OTHER)).isEqualTo("www.a.example");
    assertThat(names.of(SIX)).isEqualTo("a.example");
    assertThat(names.size()).isEqualTo(3);
    assertThat(received)
        .containsExactly(ANSWER.replace(" ", ""), ANSWER6.replace(" ", ""), "complete");
    names.clear();
    assertThat(names.of(FOUR)).isNull();
  }

  @Test
  void notesNothingElse() {
    comes(ANSWER, 5353);
    comes(ANSWER.replaceFirst("8180", "0100"), 53); // a question
    comes(ANSWER.replaceFirst("8180", "8183"), 53); // no such name
    comes(ANSWER.replaceFirst("8180", "8380"), 53); // truncated
    comes(ANSWER.replaceFirst("03575757", "03570057"), 53); // no name at all
    comes(ANSWER.replaceFirst("0001 0001c00c", "0010 0001c00c"), 53); // TXT
    for (int length = 0; length < ANSWER.replace(" ", "").length() - 32; length += 2) {
      comes(ANSWER.replace(" ", "").substring(0, length), 53);
    }
    assertThat(names.size()).isZero();
    assertThat(received).hasSizeGreaterThan(30);
  }

  @Test
  void keepsThoseUsedLast() {
    for (int i = 0; i < KnownNames.MAX; i++) {
      names.note(address(i), "n" + i + ".example");
    }
    assertThat(names.of(address(0))).isEqualTo("n0.example");
    for (int i = KnownNames.MAX; i < 2 * KnownNames.MAX - 1; i++) {
      names.note(address(i), "n" + i + ".example");
    }
    assertThat(names.size()).isEqualTo(KnownNames.MAX);
    assertThat(names.of(address(0))).isEqualTo("n0.example");
    assertThat(names.of(address(1))).isNull();
    names.note(address(0), "other.example");
    assertThat(names.of(address(0))).isEqualTo("other.example");
  }

  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("10.0." + (number >> 8) + "." + (number & 255));
  }
}
