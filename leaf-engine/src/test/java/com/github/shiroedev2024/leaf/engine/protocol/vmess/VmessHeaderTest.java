package com.github.shiroedev2024.leaf.engine.protocol.vmess;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.codec.UuidUser;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

class VmessHeaderTest {
  private static final UUID USER = UUID.fromString("b831381d-6324-4d53-ad4f-8cda48b30811");
  private static final byte[] KEY = VmessId.commandKey(USER);

  @Test
  void derivesThePublishedKey() {
    // The value that the reference implementation tests itself with.
    byte[] key = "Demo Key for KDF Value Test".getBytes(US_ASCII);
    String path = "Demo Path for KDF Value Test";
    assertThat(
            HexFormat.of()
                .formatHex(
                    new VmessKdf()
                        .derive(
                            32,
                            key,
                            path.getBytes(US_ASCII),
                            (path + "2").getBytes(US_ASCII),
                            (path + "3").getBytes(US_ASCII))))
        .isEqualTo("53e9d7e1bd7bd25022b71ead07d8a596efc8a845c7888652fd684b4903dc8892");
  }

  static VmessRequest request(Random random, int command, Destination to) {
    byte[] key = Seeds.bytes(random, VmessKeys.BYTES);
    byte[] iv = Seeds.bytes(random, VmessKeys.BYTES);
    return new VmessRequest(
        new VmessKeys(key, iv),
        random.nextInt(256),
        VmessSecurity.AES_128_GCM.body(Network.TCP),
        command,
        to);
  }

  @Test
  void aRequestIsReadBack() {
    Seeds.forEach(
        200,
        random -> {
          List<Destination> destinations =
              List.of(
                  Destination.of("a.example", 443),
                  Destination.of("192.0.2.1", 1),
                  Destination.of("2001:db8::1", 65535));
          VmessRequest request =
              request(random, VmessRequest.TCP, destinations.get(random.nextInt(3)));
          byte[] sealed =
              VmessHeader.sealRequest(
                  KEY,
                  VmessHeader.authIds(Cipher.ENCRYPT_MODE, KEY),
                  request.write(random),
                  1_700_000_000L,
                  random);
          ByteBuf in = Unpooled.wrappedBuffer(sealed);
          VmessUsers.Found found =
              Objects.requireNonNull(
                  new VmessUsers(
                          List.of(new UuidUser(new UUID(1, 2), "other"), new UuidUser(USER, "one")))
                      .find(in));
          assertThat(found.shownId()).isEqualTo("one");
          assertThat(found.unixSeconds()).isEqualTo(1_700_000_000L);
          int length = VmessHeader.openLength(KEY, in);
          assertThat(in.readableBytes())
              .isEqualTo(VmessHeader.PRELUDE_BYTES + length + VmessGcm.TAG_BYTES);
          assertThat(VmessRequest.read(VmessHeader.openRequest(KEY, in, length)))
              .isEqualTo(request);
          int at = random.nextInt(sealed.length);
          sealed[at] ^= (byte) (1 << random.nextInt(8));
          assertThat(altered(in, length)).isTrue();
        });
  }

  private static boolean altered(ByteBuf in, int length) {
    VmessUsers.Found found = new VmessUsers(List.of(new UuidUser(USER, null))).find(in);
    if (found == null) {
      return true;
    }
    try {
      VmessHeader.openLength(KEY, in);
      VmessHeader.openRequest(KEY, in, length);
      return false;
    } catch (AEADBadTagException e) {
      return true;
    }
  }

  @Test
  void noPlainHeaderBringsItDown() {
    Seeds.forEach(
        5_000,
        random -> {
          byte[] header =
              random.nextBoolean()
                  ? Seeds.bytes(random, random.nextInt(300))
                  : request(random, random.nextInt(4), Destination.of("a.example", 1))
                      .write(random);
          if (header.length > 8) {
            header[random.nextInt(header.length - 4)] = (byte) random.nextInt();
            int hash = VmessRequest.fnv1a(header, header.length - 4);
            Unpooled.wrappedBuffer(header).setInt(header.length - 4, hash);
          }
          try {
            assertThat(VmessRequest.read(header).destination()).isNotNull();
          } catch (VmessRequest.MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        });
  }

  @Test
  void aWrongChecksumIsTold() {
    byte[] header =
        request(new Random(1), VmessRequest.TCP, Destination.of("a.example", 1))
            .write(new Random(2));
    header[header.length - 1] ^= 1;
    assertThatThrownBy(() -> VmessRequest.read(header)).hasMessageContaining("checksum");
  }

  @Test
  void anIdIsFreshOnce() {
    AuthIds ids = new AuthIds();
    ByteBuf id = Unpooled.wrappedBuffer(new byte[VmessHeader.AUTH_ID_BYTES]);
    assertThat(ids.fresh(id, 1_000_000)).isTrue();
    assertThat(ids.fresh(id, 1_000_000)).isFalse();
    assertThat(ids.fresh(id, 1_000_000 + 240)).isFalse();
    assertThat(ids.fresh(id, 1_000_000 + 720)).isTrue();
  }
}
