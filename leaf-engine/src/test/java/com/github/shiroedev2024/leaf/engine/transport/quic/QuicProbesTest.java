package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What comes to a server's port without being an honest client's. */
@ExtendWith(LeakCheck.class)
class QuicProbesTest {
  private static final int UNKNOWN_VERSION = 0x1a2a3a4a;
  private static final int VERSION_1 = 1;

  private final QuicTunnel tunnel = new QuicTunnel();
  private final EchoServer echo = EchoServer.start(Mode.ECHO);

  @AfterEach
  void close() {
    tunnel.close();
    echo.close();
  }

  private static DatagramSocket to(int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.connect(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5000);
    return socket;
  }

  private static void send(DatagramSocket socket, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length));
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  /** The head of an Initial (RFC 9000, section 17.2.2), then whatever there is. */
  private static byte[] initial(int version, int length, byte[] token) {
    ByteBuffer packet = ByteBuffer.allocate(length);
    packet.put((byte) 0xc0).putInt(version);
    packet.put((byte) 8).put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    packet.put((byte) 8).put(new byte[] {8, 7, 6, 5, 4, 3, 2, 1});
    packet.put((byte) token.length).put(token);
    packet.putShort((short) (0x4000 | (packet.remaining() - 2)));
    return packet.array();
  }

  private void stillServes(int port) {
    try (Client app = new Client(tunnel.tunnel(port))) {
      assertThat(app.send("hello").readText(5)).isEqualTo("hello");
    }
    assertThat(tunnel.listeners()).isEqualTo(1);
  }

  @Test
  void anotherVersionIsToldWhatThereIs() throws IOException {
    int port = tunnel.serve(echo.port());
    try (DatagramSocket socket = to(port)) {
      send(socket, initial(UNKNOWN_VERSION, 1200, new byte[0]));
      byte[] answer = receive(socket);
      assertThat(answer[0] & 0x80).isEqualTo(0x80);
      assertThat(ByteBuffer.wrap(answer).getInt(1)).isZero(); // version negotiation
    }
    stillServes(port);
  }

  @Test
  void nothingIsDoneForAnAddressThatMayBeMadeUp() throws IOException {
    int port = tunnel.serve(echo.port());
    try (DatagramSocket socket = to(port)) {
      byte[] hello = initial(VERSION_1, 1200, new byte[0]);
      send(socket, hello);
      byte[] retry = receive(socket);
      assertThat(retry[0] & 0xf0).isEqualTo(0xf0);
      assertThat(retry.length).isLessThan(hello.length);
      assertThat(tunnel.listeners()).isZero();
      send(socket, initial(VERSION_1, 1200, new byte[30]));
    }
    stillServes(port);
  }

  @Test
  void whatIsTooShortToBeginWithIsNotAnswered() throws IOException {
    assertThat(QuicListener.isHonest(Unpooled.wrappedBuffer(initial(1, 1199, new byte[0]))))
        .isFalse();
    assertThat(QuicListener.isHonest(Unpooled.wrappedBuffer(initial(1, 1200, new byte[0]))))
        .isTrue();
    assertThat(QuicListener.isHonest(Unpooled.EMPTY_BUFFER)).isFalse();
    int port = tunnel.serve(echo.port());
    try (DatagramSocket socket = to(port)) {
      send(socket, initial(VERSION_1, 1199, new byte[0]));
      send(socket, initial(UNKNOWN_VERSION, 1199, new byte[0]));
      send(socket, new byte[0]);
      stillServes(port); // by now it would have been answered
      socket.setSoTimeout(1);
      assertThatThrownBy(() -> receive(socket)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void garbageDoesNothing() throws IOException {
    int port = tunnel.serve(echo.port());
    try (DatagramSocket socket = to(port)) {
      Seeds.forEach(
          400,
          random -> {
            try {
              send(socket, garbage(random));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }
    stillServes(port);
  }

  private static byte[] garbage(Random random) {
    int length = 1 + random.nextInt(1500);
    if (random.nextInt(3) == 0) {
      return Seeds.bytes(random, length);
    }
    int version = random.nextBoolean() ? VERSION_1 : random.nextInt();
    byte[] packet = initial(version, 1200, Seeds.bytes(random, random.nextInt(64)));
    for (int i = 0; i < 4; i++) {
      packet[random.nextInt(40)] = (byte) random.nextInt();
    }
    return Arrays.copyOf(packet, random.nextBoolean() ? packet.length : length);
  }

  @Test
  void moreConnectionsThanTheLimitAreNotTaken() {
    tunnel.server.with(EngineOptions.MAX_CONNECTIONS, 1);
    tunnel.client.with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(1));
    int port = tunnel.serve(echo.port());
    try (Client first = new Client(tunnel.tunnel(port))) {
      assertThat(first.send("hello").readText(5)).isEqualTo("hello");
      try (Client second = new Client(tunnel.tunnel(port))) {
        assertThat(second.send("x").ends()).isTrue();
        Session refused = tunnel.ended();
        assertThat(refused.closeReason()).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
      }
      assertThat(first.send("again").readText(5)).isEqualTo("again");
    }
  }
}
