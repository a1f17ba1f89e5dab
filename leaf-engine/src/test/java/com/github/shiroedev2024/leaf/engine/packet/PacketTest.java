package com.github.shiroedev2024.leaf.engine.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.packet.PacketWriter.Unreachable;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets are read, changed and made as RFC 791, 8200, 9293 and 768 have them. */
class PacketTest {
  private final PacketView view = new PacketView();

  private @Nullable Drop read(byte[] packet) {
    return view.read(ByteBuffer.wrap(packet), 0, packet.length);
  }

  private static byte[] written(ByteBuffer out, int from, int end) {
    byte[] bytes = new byte[end - from];
    out.get(from, bytes);
    return bytes;
  }

  @Test
  void checksumOfTheExampleInRfc1071() {
    byte[] bytes = {0, 1, (byte) 0xf2, 3, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};
    assertThat(Checksum.fold(Checksum.sum(ByteBuffer.wrap(bytes), 0, 8))).isEqualTo(0xddf2);
  }

  @Test
  void checksumUpdateOfTheExampleInRfc1624() {
    assertThat(Checksum.update(0xdd2f, Checksum.change(0x5555, 0x3285))).isEqualTo(0);
  }

  @Test
  void sumsAreTheSameAsTheSlowOnes() {
    Seeds.forEach(
        200,
        random -> {
          byte[] bytes = Packets.some(random, 100);
          int from = random.nextInt(bytes.length + 1);
          assertThat(Checksum.fold(Checksum.sum(ByteBuffer.wrap(bytes), from, bytes.length)))
              .isEqualTo(Packets.sum(bytes, from, bytes.length));
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redirectedTcpIsRightAndComesBack(boolean six) {
    Seeds.forEach(
        300,
        random -> {
          byte[] payload = Packets.some(random, 3000);
          byte[] packet = Packets.tcp(six, 40000, 443, PacketView.ACK, payload);
          byte[] before = packet.clone();
          assertThat(read(packet)).isNull();
          long sourceHigh = view.sourceHigh();
          long sourceLow = view.sourceLow();
          long targetHigh = view.targetHigh();
          long targetLow = view.targetLow();
          long high = six ? random.nextLong() : 0;
          long low = six ? random.nextLong() : random.nextInt() & 0xffff_ffffL;
          view.redirectTcp(high, low, 1, ~high & (six ? -1 : 0), low / 2, 65535, false);
          assertThat(Packets.fits(packet)).isTrue();
          view.redirectTcp(sourceHigh, sourceLow, 40000, targetHigh, targetLow, 443, false);
          assertThat(Packets.fits(packet)).isTrue();
          assertThat(Arrays.equals(packet, before)).isTrue();
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWrongChecksumStaysWrong(boolean six) {
    byte[] packet = Packets.tcp(six, 40000, 443, PacketView.ACK, new byte[100]);
    packet[packet.length - 1] ^= 1;
    assertThat(read(packet)).isNull();
    view.redirectTcp(0, 5, 6, 0, 7, 8, false);
    assertThat(Packets.fits(packet)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPartialChecksumKnowsTheNewAddresses(boolean six) {
    byte[] packet = Packets.tcp(six, 40000, 443, PacketView.ACK, new byte[100]);
    int header = six ? 40 : 20;
    ByteBuffer b = ByteBuffer.wrap(packet);
    byte[] source = Packets.address(six, 3);
    byte[] target = Packets.address(six, 9);
    b.putShort(header + 16, (short) pseudo(source, target, packet.length - header));
    assertThat(read(packet)).isNull();
    view.redirectTcp(
        view.targetHigh(), view.targetLow() + 1, 7, view.sourceHigh(), view.sourceLow(), 8, true);
    byte[] now = Packets.address(six, 10);
    assertThat(b.getShort(header + 16) & 0xffff)
        .isEqualTo(pseudo(now, source, packet.length - header));
  }

  private static int pseudo(byte[] source, byte[] target, int length) {
    ByteBuffer all = ByteBuffer.allocate(2 * source.length + 8);
    all.put(source).put(target).putInt(length).putInt(6);
    return Packets.sum(all.array(), 0, all.capacity());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void madeDatagramsAreRight(boolean six) {
    Seeds.forEach(
        100,
        random -> {
          byte[] payload = Packets.some(random, 2000);
          int headers = PacketWriter.udpHeaders(six);
          ByteBuffer out = ByteBuffer.allocate(headers + payload.length);
          out.put(headers, payload);
          long high = six ? 0x2001_0db8_0000_0001L : 0;
          int end =
              PacketWriter.udp(
                  out,
                  0,
                  six,
                  high,
                  0x0a000001L,
                  53,
                  high,
                  0x0b000002L,
                  4,
                  payload.length,
                  7,
                  false);
          byte[] packet = written(out, 0, end);
          assertThat(Packets.fits(packet)).isTrue();
          assertThat(read(packet)).isNull();
          assertThat(view.checksumFits()).isTrue();
          assertThat(view.udpEnd() - view.udpPayload()).isEqualTo(payload.length);
          assertThat(view.sourcePort()).isEqualTo(53);
          assertThat(view.targetPort()).isEqualTo(4);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void echoBecomesItsReply(boolean six) {
    byte[] packet = Packets.echo(six, new byte[] {1, 2, 3});
    assertThat(read(packet)).isNull();
    assertThat(PacketWriter.isEcho(view)).isTrue();
    assertThat(view.checksumFits()).isTrue();
    PacketWriter.reply(view, false);
    assertThat(Packets.fits(packet)).isTrue();
    assertThat(read(packet)).isNull();
    assertThat(PacketWriter.isEcho(view)).isFalse();
    assertThat((int) view.targetLow() & 0xff).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSynIsResetWithItsNumberAcknowledged(boolean six) {
    byte[] packet = Packets.tcp(six, 40000, 443, PacketView.SYN, new byte[0]);
    assertThat(read(packet)).isNull();
    ByteBuffer out = ByteBuffer.allocate(100);
    byte[] reset = written(out, 10, PacketWriter.reset(view, out, 10));
    assertThat(Packets.fits(reset)).isTrue();
    assertThat(read(reset)).isNull();
    assertThat(view.tcpFlags()).isEqualTo(PacketView.RST | PacketView.ACK);
    assertThat(view.sourcePort()).isEqualTo(443);
    assertThat(ByteBuffer.wrap(reset).getInt(view.transport() + 8)).isEqualTo(1_000_001);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAcknowledgementIsResetWithItsOwnNumber(boolean six) {
    byte[] packet = Packets.tcp(six, 40000, 443, PacketView.ACK, new byte[10]);
    assertThat(read(packet)).isNull();
    ByteBuffer out = ByteBuffer.allocate(100);
    byte[] reset = written(out, 0, PacketWriter.reset(view, out, 0));
    assertThat(read(reset)).isNull();
    assertThat(view.tcpFlags()).isEqualTo(PacketView.RST);
    assertThat(ByteBuffer.wrap(reset).getInt(view.transport() + 4)).isEqualTo(2_000_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void unreachableQuotesWhatCouldNotBeDelivered(boolean six) {
    byte[] packet = Packets.udp(six, 40000, 443, new byte[900]);
    assertThat(read(packet)).isNull();
    ByteBuffer out = ByteBuffer.allocate(1000);
    int end = PacketWriter.unreachable(view, Unreachable.PORT, out, 0);
    byte[] answer = written(out, 0, end);
    assertThat(Packets.fits(answer)).isTrue();
    int quote = (six ? 40 : 20) + 8;
    assertThat(Arrays.copyOfRange(answer, quote, answer.length))
        .isEqualTo(Arrays.copyOf(packet, 512));
    assertThat(answer[quote - 7]).isEqualTo((byte) (six ? 4 : 3));
  }

  @Test
  void extensionHeadersArePassed() {
    byte[] udp = Packets.udp(true, 1, 2, new byte[] {9});
    ByteBuffer b = ByteBuffer.allocate(8 + 16 + 8 + udp.length - 40);
    b.put((byte) 60).put((byte) 0).put(new byte[6]); // hop by hop, then destination options
    b.put((byte) 44).put((byte) 1).put(new byte[14]); // then an atomic fragment
    b.put((byte) 17).put((byte) 0).putShort((short) 0).putInt(7);
    b.put(udp, 40, udp.length - 40);
    assertThat(read(Packets.ip(true, 0, b.array()))).isNull();
    assertThat(view.protocol()).isEqualTo(PacketView.UDP);
    assertThat(view.fragment()).isFalse();
    assertThat(view.targetPort()).isEqualTo(2);
    assertThat(view.checksumFits()).isTrue();
  }

  @Test
  void extensionHeadersHaveAnEnd() {
    byte[] many = new byte[8 * 100];
    for (int i = 0; i < many.length; i += 8) {
      many[i] = 60;
    }
    assertThat(read(Packets.ip(true, 60, many))).isEqualTo(Drop.EXTENSION);
    assertThat(read(Packets.ip(true, 60, new byte[] {17, 9, 0, 0, 0, 0, 0, 0})))
        .isEqualTo(Drop.TRUNCATED);
    assertThat(read(Packets.ip(true, 43, new byte[] {17, 0, 0, 1, 0, 0, 0, 0})))
        .isEqualTo(Drop.EXTENSION);
  }

  @Test
  void martiansAndGroupsAreNamed() {
    byte[] good = {10, 0, 0, 1};
    byte[][] bad = {{127, 0, 0, 1}, {0, 0, 0, 0}, {(byte) 240, 1, 1, 1}, {(byte) 255, -1, -1, 1}};
    for (byte[] address : bad) {
      assertThat(read(Packets.ip(false, address, good, 17, new byte[8]))).isEqualTo(Drop.MARTIAN);
      assertThat(read(Packets.ip(false, good, address, 17, new byte[8]))).isEqualTo(Drop.MARTIAN);
    }
    assertThat(read(Packets.ip(false, good, good, 17, new byte[8]))).isEqualTo(Drop.MARTIAN);
    byte[] group = {(byte) 224, 0, 0, 1};
    assertThat(read(Packets.ip(false, good, group, 17, new byte[8]))).isEqualTo(Drop.MULTICAST);
    assertThat(read(Packets.ip(false, group, good, 17, new byte[8]))).isEqualTo(Drop.MARTIAN);
    byte[] good6 = Packets.address(true, 1);
    byte[] loop6 = new byte[16];
    loop6[15] = 1;
    assertThat(read(Packets.ip(true, loop6, good6, 17, new byte[8]))).isEqualTo(Drop.MARTIAN);
    assertThat(read(Packets.ip(true, good6, new byte[16], 17, new byte[8])))
        .isEqualTo(Drop.MARTIAN);
    byte[] group6 = new byte[16];
    group6[0] = -1;
    assertThat(read(Packets.ip(true, good6, group6, 17, new byte[8]))).isEqualTo(Drop.MULTICAST);
  }

  @Test
  void lengthsThatCannotBeAreNamed() {
    byte[] udp = Packets.udp(false, 1, 2, new byte[10]);
    for (int cut = 0; cut < udp.length; cut++) {
      assertThat(read(Arrays.copyOf(udp, cut))).isEqualTo(Drop.TRUNCATED);
    }
    ByteBuffer.wrap(udp).putShort(24, (short) 19);
    assertThat(read(udp)).isEqualTo(Drop.LENGTH);
    byte[] tcp = Packets.tcp(true, 1, 2, PacketView.ACK, new byte[10]);
    tcp[40 + 12] = 0x10;
    assertThat(read(tcp)).isEqualTo(Drop.LENGTH);
    tcp[40 + 12] = (byte) 0xf0;
    assertThat(read(tcp)).isEqualTo(Drop.LENGTH);
    byte[] sum = Packets.udp(false, 1, 2, new byte[10]);
    sum[8]--;
    assertThat(read(sum)).isEqualTo(Drop.CHECKSUM);
    assertThat(read(new byte[] {0x50})).isEqualTo(Drop.VERSION);
    assertThat(read(Packets.ip(false, 47, new byte[8]))).isEqualTo(Drop.PROTOCOL);
    assertThat(read(Packets.ip(false, 58, new byte[8]))).isEqualTo(Drop.PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void fragmentsInAnyOrderMakeTheWholePacket(boolean six) {
    Seeds.forEach(
        50,
        random -> {
          byte[] payload = Seeds.bytes(random, 1 + random.nextInt(six ? 65_527 : 65_507));
          byte[] packet = Packets.udp(six, 5, 6, payload);
          List<byte[]> pieces = Packets.fragments(packet, 8 * (60 + random.nextInt(200)));
          Collections.shuffle(pieces, random);
          Reassembly reassembly = new Reassembly();
          ByteBuffer whole = null;
          for (byte[] piece : pieces) {
            assertThat(whole).isNull();
            assertThat(read(piece)).isNull();
            if (pieces.size() == 1) {
              return;
            }
            assertThat(view.fragment()).isTrue();
            whole = reassembly.add(view, 0);
          }
          assertThat(whole).isNotNull();
          assertThat(view.read(whole, 0, whole.capacity())).isNull();
          assertThat(view.checksumFits()).isTrue();
          byte[] got = written(whole, view.udpPayload(), view.udpEnd());
          assertThat(Arrays.equals(got, payload)).isTrue();
          assertThat(reassembly.size()).isZero();
          assertThat(reassembly.lost()).isZero();
        });
  }

  @Test
  void cutPacketsBecomeWholeAgain() {
    Seeds.forEach(
        50,
        random -> {
          byte[] payload = Seeds.bytes(random, 1 + random.nextInt(5000));
          byte[] packet = Packets.udp(true, 5, 6, payload);
          ByteBuffer source = ByteBuffer.wrap(packet);
          Reassembly reassembly = new Reassembly();
          int size = 8 * (1 + random.nextInt(100));
          ByteBuffer whole = null;
          for (int from = 0; from < packet.length - 40; from += size) {
            ByteBuffer out = ByteBuffer.allocate(1500);
            int length = Math.min(size, packet.length - 40 - from);
            int end = PacketWriter.fragment(source, 0, packet.length, from, length, 77, out, 10);
            assertThat(view.read(out, 10, end)).isNull();
            if (!view.fragment()) {
              return; // all in one
            }
            whole = reassembly.add(view, 0);
          }
          assertThat(whole).isNotNull();
          assertThat(Arrays.equals(written(whole, 0, whole.capacity()), packet)).isTrue();
        });
  }

  @Test
  void overlappingAndLateFragmentsAreLost() {
    List<byte[]> pieces = Packets.fragments(Packets.udp(false, 5, 6, new byte[500]), 160);
    Reassembly reassembly = new Reassembly();
    read(pieces.get(0));
    assertThat(reassembly.add(view, 0)).isNull();
    assertThat(reassembly.add(view, 0)).isNull();
    assertThat(reassembly.lost()).isEqualTo(1);
    assertThat(reassembly.size()).isZero();
    assertThat(reassembly.add(view, 0)).isNull();
    read(pieces.get(1));
    assertThat(reassembly.add(view, Reassembly.PATIENCE_NANOS)).isNull();
    assertThat(reassembly.lost()).isEqualTo(2);
  }

  @Test
  void incompletePacketsAreBounded() {
    Reassembly reassembly = new Reassembly();
    for (int i = 0; i < 1000; i++) {
      byte[] piece = Packets.fragments(Packets.udp(true, 5, 6, new byte[500]), 160).get(1);
      ByteBuffer.wrap(piece).putInt(44, i);
      read(piece);
      assertThat(reassembly.add(view, i)).isNull();
      assertThat(reassembly.size()).isLessThanOrEqualTo(Reassembly.MAX_PACKETS);
    }
    assertThat(reassembly.lost()).isEqualTo(1000 - Reassembly.MAX_PACKETS);
  }

  /** Whatever the bytes: a reason or a packet, and nothing outside it is touched. */
  @Test
  void anyBytesAreReadOrDropped() {
    Reassembly reassembly = new Reassembly();
    ByteBuffer out = ByteBuffer.allocate(1024);
    Seeds.forEach(
        20_000,
        random -> {
          byte[] packet = Packets.any(random);
          ByteBuffer exact = ByteBuffer.wrap(packet);
          if (view.read(exact, 0, packet.length) != null) {
            return;
          }
          if (view.fragment()) {
            ByteBuffer whole = reassembly.add(view, random.nextLong(1L << 40));
            if (whole == null || view.read(whole, 0, whole.capacity()) != null) {
              return;
            }
          }
          use(out, random);
        });
  }

  private void use(ByteBuffer out, Random random) {
    assertThat(PacketWriter.unreachable(view, Unreachable.NET, out, 0)).isPositive();
    switch (view.protocol()) {
      case PacketView.TCP -> {
        assertThat(view.tcpPayload()).isNotNegative();
        assertThat(PacketWriter.reset(view, out, 0)).isPositive();
        view.redirectTcp(1, 2, 3, 4, 5, 6, random.nextBoolean());
      }
      case PacketView.UDP -> {
        assertThat(view.udpEnd()).isBetween(view.udpPayload(), view.end());
        view.checksumFits();
      }
      default -> {
        view.checksumFits();
        if (PacketWriter.isEcho(view)) {
          PacketWriter.reply(view, random.nextBoolean());
        }
      }
    }
  }
}
