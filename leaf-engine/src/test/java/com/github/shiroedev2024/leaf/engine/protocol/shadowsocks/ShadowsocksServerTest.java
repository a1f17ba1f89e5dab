package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLoggerFactory;

/** The outbound against {@code ss-server} of shadowsocks-libev. */
@ExtendWith(LeakCheck.class)
@ParameterizedClass(name = "{0} prefix \"{1}\" native {2}")
@CsvSource({
  "AES_128_GCM, '', true",
  "AES_256_GCM, 'GET / HTTP/1.1', false",
  "CHACHA20_POLY1305, '', true"
})
class ShadowsocksServerTest {
  private static final String PASSWORD = "correct horse battery staple";

  private final ShadowsocksMethod method;
  private final String prefix;
  private final boolean nativeLoops;

  ShadowsocksServerTest(ShadowsocksMethod method, String prefix, boolean nativeLoops) {
    this.method = method;
    this.prefix = prefix;
    this.nativeLoops = nativeLoops;
  }

  private PeerProgram server;
  private Tunnel tunnel;

  @BeforeEach
  void start() {
    PeerProgram.require("ss-server");
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePorts.any());
    server =
        PeerProgram.start(
            List.of(
                "ss-server",
                "-s",
                "127.0.0.1",
                "-p",
                String.valueOf(address.getPort()),
                "-k",
                PASSWORD,
                "-m",
                method.word(),
                "-t",
                "60",
                "-u"),
            address);
    ShadowsocksOptions options =
        new ShadowsocksOptions(Destination.of(address), method, PASSWORD, prefix);
    tunnel =
        new Tunnel(
            new ShadowsocksOutbound("ss", options, InstantSource.system(), new NOPLoggerFactory()),
            nativeLoops);
  }

  @AfterEach
  void stop() {
    if (tunnel != null) {
      tunnel.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Test
  void pingPong() throws IOException {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket client = tunnel.connect(Destination.of(echo.address()))) {
      for (int i = 0; i < 200; i++) {
        byte[] ping = ("ping " + i).getBytes(US_ASCII);
        client.getOutputStream().write(ping);
        assertThat(client.getInputStream().readNBytes(ping.length)).isEqualTo(ping);
      }
      assertThat(tunnel.session().sent()).isEqualTo(echo.bytesReceived());
      assertThat(tunnel.session().received()).isEqualTo(echo.bytesReceived());
    }
  }

  @Test
  void theServerResolvesNames() throws IOException {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket client = tunnel.connect(Destination.of("localhost", echo.port()))) {
      client.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
    }
  }

  @Test
  void theTargetMaySpeakFirstAndEndsInOrder() throws IOException {
    try (EchoServer source = EchoServer.start(Mode.source(100_000, 3));
        Socket client = tunnel.connect(Destination.of(source.address()))) {
      assertThat(EchoServer.sha256(client.getInputStream()))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(100_000, 3)));
    }
  }

  @Test
  void bytesBeforeAHalfCloseArrive() throws IOException {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Socket client = tunnel.connect(Destination.of(sink.address()))) {
      EchoServer.pattern(1_000_000, 5).transferTo(client.getOutputStream());
      client.shutdownOutput();
      Await.until("the end", () -> sink.ended() == 1);
      assertThat(sink.bytesReceived()).isEqualTo(1_000_000);
      // This server answers a half-close with a full one.
      Await.until("the session's end", () -> tunnel.session().closeReason() != null);
      assertThat(tunnel.session().closeReason()).isEqualTo(CloseReason.FINISHED);
    }
  }

  @Test
  void bulkBothWays() throws IOException {
    bulk(4 << 20);
  }

  @Tag("slow")
  @Test
  void muchBulkBothWays() throws IOException {
    bulk(64 << 20);
  }

  private void bulk(int bytes) throws IOException {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Socket client = tunnel.connect(Destination.of(echo.address()))) {
      Thread sender =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      EchoServer.pattern(bytes, 11).transferTo(client.getOutputStream());
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      String hash = EchoServer.sha256(new Limited(client.getInputStream(), bytes));
      assertThat(hash).isEqualTo(EchoServer.sha256(EchoServer.pattern(bytes, 11)));
      assertThat(sender.isAlive()).isFalse();
      assertThat(tunnel.session().sent()).isEqualTo(bytes);
      assertThat(tunnel.session().received()).isEqualTo(bytes);
    }
  }

  @Test
  void datagramsArrivePacketForPacket() throws InterruptedException {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        EchoServer other = EchoServer.start(Mode.ECHO)) {
      Destination target = Destination.of(echo.address());
      Channel channel = tunnel.associate(target);
      BlockingQueue<Received> received = new LinkedBlockingQueue<>();
      channel.pipeline().addLast(new Collector(received));
      channel.config().setAutoRead(true);
      for (int size : new int[] {0, 1, 2, 64, 512, 1200, 1400}) {
        for (Destination peer : List.of(target, Destination.of(other.address()))) {
          byte[] payload = new byte[size];
          Arrays.fill(payload, (byte) size);
          channel.writeAndFlush(new Datagram(peer, Unpooled.copiedBuffer(payload)));
          Received answer = received.poll(10, TimeUnit.SECONDS);
          assertThat(answer).as("answer to %d bytes", size).isNotNull();
          assertThat(answer.payload).isEqualTo(payload);
          assertThat(answer.peer).isEqualTo(peer);
        }
      }
      assertThat(received).isEmpty();
      channel.close().syncUninterruptibly();
    }
  }

  /** One datagram that came back. */
  private static final class Received {
    private final Destination peer;
    private final byte[] payload;

    Received(Datagram datagram) {
      peer = datagram.peer();
      payload = ByteBufUtil.getBytes(datagram.content());
    }
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<Received> received;

    Collector(BlockingQueue<Received> received) {
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      Datagram datagram = (Datagram) msg;
      received.add(new Received(datagram));
      datagram.release();
    }
  }

  /** The next bytes of a stream that goes on after them. */
  private static final class Limited extends InputStream {
    private final InputStream in;
    private long left;

    Limited(InputStream in, long bytes) {
      this.in = in;
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(into, offset, (int) Math.min(length, left));
      left -= Math.max(n, 0);
      return n;
    }
  }
}
