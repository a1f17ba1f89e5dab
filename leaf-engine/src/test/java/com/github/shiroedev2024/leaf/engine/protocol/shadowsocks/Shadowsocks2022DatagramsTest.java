package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** Client and server of the 2022 edition over UDP, by their packets. */
@ExtendWith(LeakCheck.class)
class Shadowsocks2022DatagramsTest {
  private static final ByteBufAllocator ALLOC = ByteBufAllocator.DEFAULT;
  private static final InetSocketAddress FROM = new InetSocketAddress("127.0.0.1", 9);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A random generator whose first number is the golden session. */
  private static final class Scripted extends SecureRandom {
    private static final long serialVersionUID = 1;
    private boolean asked;

    @Override
    public long nextLong() {
      if (!asked) {
        asked = true;
        return Golden2022.CLIENT_SESSION;
      }
      return super.nextLong();
    }
  }

  @ParameterizedTest
  @CsvFileSource(resources = "golden2022.csv", numLinesToSkip = 1, maxCharsPerColumn = 1000)
  void bothOpenTheGoldenPackets(
      ShadowsocksMethod method,
      boolean user,
      String written,
      String request,
      String response,
      String asked,
      String answered)
      throws Exception {
    Server server = new Server(method, user, Golden2022.CLOCK);
    ServerPackets.Opened opened = server.open(ByteBufUtil.decodeHexDump(asked));
    assertThat(opened.session()).isEqualTo(Golden2022.CLIENT_SESSION);
    assertThat(opened.peer().userId()).isEqualTo(user ? "ann" : null);
    assertThat(text(opened.datagram())).isEqualTo("1.2.3.4:53 ping");

    ClientDatagrams2022 client =
        new ClientDatagrams2022(Golden2022.keys(method, user), Golden2022.CLOCK, new Scripted());
    byte[] packet = ByteBufUtil.decodeHexDump(answered);
    assertThat(text(client.open(ALLOC, Unpooled.wrappedBuffer(packet))))
        .isEqualTo("1.2.3.4:53 pong");
    assertThatThrownBy(() -> client.open(ALLOC, Unpooled.wrappedBuffer(packet)))
        .hasMessageContaining("packet 7 came before");
  }

  @ParameterizedTest
  @CsvSource({
    "BLAKE3_AES_128_GCM, false",
    "BLAKE3_AES_128_GCM, true",
    "BLAKE3_AES_256_GCM, true",
    "BLAKE3_CHACHA20_POLY1305, false"
  })
  void packetsGoBothWaysAndNoneTwice(ShadowsocksMethod method, boolean user) throws Exception {
    Server server = new Server(method, user, Golden2022.CLOCK);
    ClientDatagrams2022 client = client(method, user, Golden2022.CLOCK);
    Seeds.forEach(
        60,
        random -> {
          byte[] payload = Seeds.bytes(random, random.nextInt(random.nextBoolean() ? 99 : 65_000));
          Destination peer =
              random.nextBoolean() ? Destination.of("a.example", 53) : Destination.of("::1", 443);
          byte[] packet = seal(client, peer, payload);
          ServerPackets.Opened opened = server.open(packet);
          assertThat(opened.datagram().peer()).isEqualTo(peer);
          assertThat(ByteBufUtil.getBytes(opened.datagram().content())).isEqualTo(payload);
          opened.datagram().release();
          assertThatThrownBy(() -> server.open(packet)).hasMessageContaining("came before");

          ByteBuf content = Unpooled.wrappedBuffer(payload);
          ByteBuf answer = opened.peer().seal(ALLOC, peer, content);
          Datagram back = client.open(ALLOC, answer);
          answer.readerIndex(0);
          assertThat(back.peer()).isEqualTo(peer);
          assertThat(ByteBufUtil.getBytes(back.content())).isEqualTo(payload);
          back.release();
          assertThatThrownBy(() -> client.open(ALLOC, answer)).hasMessageContaining("came before");
          answer.release();
        });
    assertThat(server.peers).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "BLAKE3_AES_128_GCM, false",
    "BLAKE3_AES_256_GCM, true",
    "BLAKE3_CHACHA20_POLY1305, false"
  })
  void whatIsAlteredOrCutOrGarbageIsRefused(ShadowsocksMethod method, boolean user)
      throws Exception {
    Server server = new Server(method, user, Golden2022.CLOCK);
    ClientDatagrams2022 client = client(method, user, Golden2022.CLOCK);
    ServerPackets.Opened known = server.open(seal(client, Golden2022.PEER, new byte[9]));
    known.datagram().release();
    Seeds.forEach(
        400,
        random -> {
          byte[] packet = seal(client, Golden2022.PEER, Seeds.bytes(random, random.nextInt(50)));
          byte[] bad =
              switch (random.nextInt(3)) {
                case 0 -> {
                  packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
                  yield packet;
                }
                case 1 -> java.util.Arrays.copyOf(packet, random.nextInt(packet.length));
                default -> Seeds.bytes(random, random.nextInt(200));
              };
          assertThatThrownBy(() -> server.open(bad))
              .isInstanceOfAny(AEADBadTagException.class, BadHeaderException.class);
          assertThatThrownBy(() -> client.open(ALLOC, Unpooled.wrappedBuffer(bad)))
              .isInstanceOfAny(AEADBadTagException.class, BadHeaderException.class);
        });
    server.open(seal(client, Golden2022.PEER, new byte[1])).datagram().release();
    assertThat(server.peers).hasSize(1);
  }

  @Test
  void oldAndForeignPacketsAreRefused() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    Clock2022 late =
        new Clock2022(InstantSource.fixed(Instant.ofEpochSecond(Golden2022.SECONDS + 31)));
    Server server = new Server(method, false, late);
    ClientDatagrams2022 client = client(method, false, Golden2022.CLOCK);
    byte[] packet = seal(client, Golden2022.PEER, new byte[1]);
    assertThatThrownBy(() -> server.open(packet)).hasMessageContaining("its clock shows");
    // Our own packet is no answer.
    assertThatThrownBy(() -> client.open(ALLOC, Unpooled.wrappedBuffer(packet)))
        .hasMessageContaining("a packet of type 0");
    // An answer to somebody else with the same key.
    Server timely = new Server(method, false, Golden2022.CLOCK);
    ServerPackets.Opened opened = timely.open(packet);
    opened.datagram().release();
    ByteBuf answer = opened.peer().seal(ALLOC, Golden2022.PEER, Unpooled.EMPTY_BUFFER);
    ClientDatagrams2022 other = client(method, false, Golden2022.CLOCK);
    assertThatThrownBy(() -> other.open(ALLOC, answer))
        .hasMessageContaining("belongs to another session");
    answer.release();
  }

  @Test
  void anUnknownUserIsRefused() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    Server server = new Server(method, true, Golden2022.CLOCK);
    String stranger = Golden2022.base64(method, 0) + ":" + Golden2022.base64(method, 50);
    ClientDatagrams2022 client =
        new ClientDatagrams2022(Keys2022.read(method, stranger), Golden2022.CLOCK, RANDOM);
    byte[] packet = seal(client, Golden2022.PEER, new byte[1]);
    assertThatThrownBy(() -> server.open(packet)).hasMessageContaining("names no user");
  }

  @Test
  void aServerMayStartAnewOnceAMinute() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    AtomicLong seconds = new AtomicLong(Golden2022.SECONDS);
    Clock2022 clock = new Clock2022(() -> Instant.ofEpochSecond(seconds.get()));
    ClientDatagrams2022 client = client(method, false, clock);
    byte[] first = answer(new Server(method, false, clock), client);
    byte[] second = answer(new Server(method, false, clock), client);
    byte[] third = answer(new Server(method, false, clock), client);
    client.open(ALLOC, Unpooled.wrappedBuffer(first)).release();
    client.open(ALLOC, Unpooled.wrappedBuffer(second)).release();
    assertThatThrownBy(() -> client.open(ALLOC, Unpooled.wrappedBuffer(third)))
        .hasMessageContaining("a third session");
    assertThatThrownBy(() -> client.open(ALLOC, Unpooled.wrappedBuffer(first)))
        .hasMessageContaining("came before");
    seconds.addAndGet(60);
    byte[] later = answer(new Server(method, false, clock), client);
    client.open(ALLOC, Unpooled.wrappedBuffer(later)).release();
  }

  @Test
  void refusesWhatDoesNotFitOneDatagram() throws Exception {
    ClientDatagrams2022 client =
        client(ShadowsocksMethod.BLAKE3_AES_128_GCM, true, Golden2022.CLOCK);
    Destination peer = Destination.of("1.2.3.4", 443);
    int most = 65_507 - 16 - 16 - 11 - 7 - 16;
    assertThat(seal(client, peer, new byte[most])).hasSize(65_507);
    assertThatThrownBy(() -> seal(client, peer, new byte[most + 1]))
        .hasMessageContaining("65508 bytes");
    assertThatThrownBy(() -> seal(client, Destination.of("x".repeat(256), 1), new byte[0]))
        .hasMessageContaining("255 bytes");
  }

  /** A server's answer to a question of the client. */
  private static byte[] answer(Server server, ClientDatagrams2022 client) throws Exception {
    ServerPackets.Opened opened = server.open(seal(client, Golden2022.PEER, new byte[1]));
    opened.datagram().release();
    ByteBuf answer = opened.peer().seal(ALLOC, Golden2022.PEER, Unpooled.EMPTY_BUFFER);
    byte[] bytes = ByteBufUtil.getBytes(answer);
    answer.release();
    return bytes;
  }

  private static ClientDatagrams2022 client(
      ShadowsocksMethod method, boolean user, Clock2022 clock) {
    return new ClientDatagrams2022(Golden2022.keys(method, user), clock, RANDOM);
  }

  private static byte[] seal(ClientDatagrams2022 client, Destination peer, byte[] payload)
      throws BadHeaderException {
    ByteBuf sealed = client.seal(ALLOC, peer, Unpooled.wrappedBuffer(payload));
    byte[] bytes = ByteBufUtil.getBytes(sealed);
    sealed.release();
    return bytes;
  }

  private static String text(Datagram datagram) {
    String text = datagram.peer() + " " + datagram.content().toString(US_ASCII);
    datagram.release();
    return text;
  }

  /** A server that remembers its sessions for ever. */
  private static final class Server {
    private final Map<Object, ServerPackets.Peer> peers = new HashMap<>();
    private final ServerPackets packets;

    Server(ShadowsocksMethod method, boolean user, Clock2022 clock) {
      packets = new ServerPackets2022(Golden2022.serverKeys(method, user), clock, RANDOM);
    }

    ServerPackets.Opened open(byte[] packet) throws Exception {
      ServerPackets.Opened opened =
          packets.open(ALLOC, FROM, Unpooled.wrappedBuffer(packet), peers::get);
      peers.put(opened.session(), opened.peer());
      return opened;
    }
  }
}
