package com.github.shiroedev2024.leaf.engine.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.net.SocksAddress.MalformedException;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class SocksAddressTest {
  @Test
  void writesEachForm() {
    assertThat(hex(Destination.of("127.0.0.1", 80))).isEqualTo("017f0000010050");
    assertThat(hex(Destination.of("::1", 443)))
        .isEqualTo("0400000000000000000000000000000001" + "01bb");
    assertThat(hex(Destination.of("a.Example", 53)))
        .isEqualTo("0309" + "612e4578616d706c65" + "0035");
  }

  @Test
  void takesAMappedAddressForItsIpv4One() throws MalformedException {
    byte[] mapped = ByteBufUtil.decodeHexDump("0400000000000000000000ffff01020304" + "0050");
    ByteBuf in = Unpooled.wrappedBuffer(mapped);
    assertThat(SocksAddress.read(in)).isEqualTo(Destination.of("1.2.3.4", 80));
  }

  @Test
  void readsBackWhatItWrote() {
    Seeds.forEach(
        500,
        random -> {
          Destination destination = any(random);
          ByteBuf buffer = Unpooled.buffer();
          SocksAddress.write(destination, buffer);
          assertThat(buffer.readableBytes()).isEqualTo(SocksAddress.length(destination));
          buffer.writeByte(0x55);
          assertThat(SocksAddress.read(buffer)).isEqualTo(destination);
          assertThat(buffer.readableBytes()).isEqualTo(1);
        });
  }

  @Test
  void waitsForTheRestAndTakesNothing() {
    Seeds.forEach(
        200,
        random -> {
          ByteBuf whole = Unpooled.buffer();
          SocksAddress.write(any(random), whole);
          for (int n = 0; n < whole.readableBytes(); n++) {
            ByteBuf part = whole.slice(0, n);
            assertThat(SocksAddress.read(part)).isNull();
            assertThat(part.readableBytes()).isEqualTo(n);
          }
        });
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThatThrownBy(() -> SocksAddress.read(Unpooled.wrappedBuffer(new byte[] {2, 1, 1})))
        .isInstanceOf(MalformedException.class)
        .hasMessage("unknown address type 2");
    assertThatThrownBy(() -> SocksAddress.read(Unpooled.wrappedBuffer(new byte[] {3, 0})))
        .hasMessageContaining("empty name");
    assertThatThrownBy(
            () -> SocksAddress.write(Destination.of("x".repeat(256), 1), Unpooled.buffer()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256 bytes");
  }

  @Test
  void neverFailsInAnotherWayOnGarbage() {
    Seeds.forEach(
        2000,
        random -> {
          ByteBuf in = Unpooled.wrappedBuffer(Seeds.bytes(random, random.nextInt(300)));
          try {
            Destination destination = SocksAddress.read(in);
            assertThat(destination == null || destination.port() <= 65535).isTrue();
          } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
            assertThat(in.readerIndex()).isZero();
          }
        });
  }

  private static Destination any(Random random) {
    int port = random.nextInt(65536);
    return switch (random.nextInt(3)) {
      case 0 -> Destination.of(Seeds.bytes(random, 4), port);
      case 1 -> Destination.of(Seeds.bytes(random, 16), port);
      default -> Destination.of("n" + "ä".repeat(random.nextInt(100)) + "-host", port);
    };
  }

  private static String hex(Destination destination) {
    ByteBuf buffer = Unpooled.buffer();
    SocksAddress.write(destination, buffer);
    return ByteBufUtil.hexDump(buffer);
  }
}
