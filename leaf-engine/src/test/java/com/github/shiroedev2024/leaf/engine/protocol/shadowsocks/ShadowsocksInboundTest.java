package com.github.shiroedev2024.leaf.engine.protocol.shadowsocks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.Datagram;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.helpers.NOPLoggerFactory;

/** Our client and our server over real sockets, and strangers at the server's door. */
@ExtendWith(LeakCheck.class)
class ShadowsocksInboundTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  @ParameterizedTest
  @EnumSource
  void streamsGoBothWays(ShadowsocksMethod method) throws Exception {
    try (SmallEngine engine = new SmallEngine();
        Tunnel tunnel = tunnel(method, listen(engine, method));
        EchoServer echo = EchoServer.start(Mode.ECHO)) {
      int bytes = 2 << 20;
      try (Socket client = tunnel.connect(Destination.of(echo.address()))) {
        Thread sender =
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      try {
                        EchoServer.pattern(bytes, 11).transferTo(client.getOutputStream());
                        client.shutdownOutput();
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    });
        assertThat(EchoServer.sha256(client.getInputStream()))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(bytes, 11)));
        sender.join();
      }
      Session session = engine.sessions().getFirst();
      assertThat(session.destination()).isEqualTo(Destination.of(echo.address()));
      assertThat(session.userId()).isEqualTo(method.hasUsers() ? "ann" : null);
      assertThat(session.sent()).isEqualTo(bytes);
      assertThat(session.received()).isEqualTo(bytes);
      Await.until("its end", () -> session.closeReason() == CloseReason.FINISHED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eitherSideMayEndFirst(ShadowsocksMethod method) throws Exception {
    try (SmallEngine engine = new SmallEngine();
        Tunnel tunnel = tunnel(method, listen(engine, method));
        EchoServer source = EchoServer.start(Mode.source(100_000, 3));
        EchoServer sink = EchoServer.start(Mode.SINK)) {
      try (Socket client = tunnel.connect(Destination.of(source.address()))) {
        assertThat(EchoServer.sha256(client.getInputStream()))
            .isEqualTo(EchoServer.sha256(EchoServer.pattern(100_000, 3)));
      }
      try (Socket client = tunnel.connect(Destination.of(sink.address()))) {
        EchoServer.pattern(300_000, 5).transferTo(client.getOutputStream());
        client.shutdownOutput();
        Await.until("the end", () -> sink.ended() == 1);
        assertThat(sink.bytesReceived()).isEqualTo(300_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void datagramsGoBothWaysToManyPeers(ShadowsocksMethod method) throws Exception {
    try (SmallEngine engine = new SmallEngine();
        Tunnel tunnel = tunnel(method, listen(engine, method));
        EchoServer echo = EchoServer.start(Mode.ECHO);
        EchoServer other = EchoServer.start(Mode.ECHO)) {
      Destination target = Destination.of(echo.address());
      Channel channel = tunnel.associate(target);
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      channel.pipeline().addLast(new Collector(received));
      channel.config().setAutoRead(true);
      for (int size : new int[] {1, 512, 1400, 9000}) {
        for (Destination peer : List.of(target, Destination.of(other.address()))) {
          byte[] payload = new byte[size];
          Arrays.fill(payload, (byte) size);
          channel.writeAndFlush(new Datagram(peer, Unpooled.copiedBuffer(payload)));
          assertThat(received.poll(10, TimeUnit.SECONDS))
              .isEqualTo(peer + " " + ByteBufUtil.hexDump(payload));
        }
      }
      assertThat(engine.sessions())
          .as("one association, whatever it is sent to")
          .singleElement()
          .satisfies(s -> assertThat(s.network()).isEqualTo(Network.UDP))
          .satisfies(s -> assertThat(s.userId()).isEqualTo(method.hasUsers() ? "ann" : null));
      channel.close().syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource
  void strangersSeeNothingButAnOrderlyEndAfterTheTimeout(ShadowsocksMethod method)
      throws Exception {
    byte[] garbage = new byte[3000];
    Arrays.fill(garbage, (byte) 0xa5);
    try (SmallEngine engine = new SmallEngine()) {
      engine.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofSeconds(1));
      int port = listen(engine, method);
      for (int length : new int[] {0, 1, 16, 50, 3000}) {
        try (Client prober = new Client(port)) {
          prober.send(Arrays.copyOf(garbage, length));
          assertThat(prober.readAll()).as("after %d bytes", length).isEmpty();
        }
        try (Client prober = new Client(port)) {
          prober.send(Arrays.copyOf(garbage, length)).endOutput();
          assertThat(prober.readAll()).as("after %d bytes and an end", length).isEmpty();
        }
      }
      try (Client slow = new Client(port)) {
        for (int i = 0; i < 200; i++) {
          slow.send(new byte[] {(byte) i});
        }
        assertThat(slow.readAll()).isEmpty();
      }
      assertThat(engine.sessions()).isEmpty();
    }
  }

  @Test
  void aDestinationThatRefusesEndsTheStream() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    try (RefusingPort gone = new RefusingPort();
        SmallEngine engine = new SmallEngine();
        Tunnel tunnel = tunnel(method, listen(engine, method));
        Socket client = tunnel.connect(Destination.of(gone.address()))) {
      assertThat(ends(client)).isTrue();
      Await.until("the session", () -> !engine.sessions().isEmpty());
      assertThat(engine.sessions().getFirst().closeReason()).isEqualTo(CloseReason.REFUSED);
    }
  }

  /** Whether nothing comes but an end; it is a reset when what was sent has not been read yet. */
  private static boolean ends(Socket client) throws IOException {
    try {
      client.getOutputStream().write('x');
      return client.getInputStream().read() == -1;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void aSessionFollowsItsClientToAnotherAddress() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_256_GCM;
    try (SmallEngine engine = new SmallEngine();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        DatagramSocket first = socket();
        DatagramSocket second = socket()) {
      int port = listen(engine, method);
      DatagramCodec client = codec(method);
      for (DatagramSocket socket : List.of(first, second, first)) {
        send(socket, port, seal(client, Destination.of(echo.address()), "ping"));
        assertThat(open(client, socket)).isEqualTo(Destination.of(echo.address()) + " ping");
      }
      assertThat(engine.sessions()).hasSize(1);
    }
  }

  @Test
  void garbageAndReplaysAreDroppedAndTheRestGoesOn() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    try (SmallEngine engine = new SmallEngine();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        DatagramSocket socket = socket()) {
      int port = listen(engine, method);
      DatagramCodec client = codec(method);
      byte[] question = seal(client, Destination.of(echo.address()), "once");
      send(socket, port, question);
      assertThat(open(client, socket)).endsWith(" once");
      send(socket, port, question);
      Seeds.forEach(50, random -> send(socket, port, Seeds.bytes(random, random.nextInt(99))));
      send(socket, port, seal(client, Destination.of(echo.address()), "more"));
      assertThat(open(client, socket)).endsWith(" more");
      assertThat(echo.datagramsReceived()).isEqualTo(2);
      assertThat(engine.sessions()).hasSize(1);
    }
  }

  @Test
  void sessionsAreBounded() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.BLAKE3_AES_128_GCM;
    try (SmallEngine engine = new SmallEngine();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        DatagramSocket socket = socket()) {
      engine.with(EngineOptions.MAX_ASSOCIATIONS, 2);
      int port = listen(engine, method);
      DatagramCodec a = codec(method);
      DatagramCodec b = codec(method);
      DatagramCodec c = codec(method);
      for (DatagramCodec client : List.of(a, b)) {
        send(socket, port, seal(client, Destination.of(echo.address()), "hi"));
        assertThat(open(client, socket)).endsWith(" hi");
      }
      send(socket, port, seal(c, Destination.of(echo.address()), "full"));
      send(socket, port, seal(a, Destination.of(echo.address()), "again"));
      assertThat(open(a, socket)).endsWith(" again");
      assertThat(engine.sessions()).hasSize(2);
    }
  }

  @Test
  void anotherInboundMayTakeTheSocketOver() throws Exception {
    ShadowsocksMethod method = ShadowsocksMethod.AES_128_GCM;
    try (SmallEngine engine = new SmallEngine();
        EchoServer echo = EchoServer.start(Mode.ECHO);
        DatagramSocket socket = socket()) {
      ShadowsocksInbound[] inbound = new ShadowsocksInbound[1];
      Channel[] udp = new Channel[1];
      int port =
          engine.listen(
              context -> {
                inbound[0] =
                    new ShadowsocksInbound("in", options(method), context) {
                      @Override
                      public void attach(Channel channel) {
                        udp[0] = channel;
                        super.attach(channel);
                      }
                    };
                return inbound[0];
              });
      DatagramCodec client = codec(method);
      send(socket, port, seal(client, Destination.of(echo.address()), "one"));
      assertThat(open(client, socket)).endsWith(" one");
      Session session = engine.sessions().getFirst();
      udp[0]
          .eventLoop()
          .submit(
              () -> {
                inbound[0].detach(udp[0]);
                inbound[0].attach(udp[0]);
              })
          .syncUninterruptibly();
      assertThat(session.closeReason()).isEqualTo(CloseReason.FINISHED);
      send(socket, port, seal(client, Destination.of(echo.address()), "two"));
      assertThat(open(client, socket)).endsWith(" two");
    }
  }

  private static int listen(SmallEngine engine, ShadowsocksMethod method) {
    return engine.listen(context -> new ShadowsocksInbound("in", options(method), context));
  }

  private static ShadowsocksInboundOptions options(ShadowsocksMethod method) {
    return new ShadowsocksInboundOptions(
        method,
        method.is2022() ? Golden2022.base64(method, 0) : "secret",
        method.hasUsers()
            ? List.of(
                new User("bob", "", Golden2022.base64(method, 30), null),
                new User("ann", "", Golden2022.base64(method, 100), null))
            : List.of());
  }

  private static ShadowsocksOptions clientOptions(ShadowsocksMethod method, int port) {
    return new ShadowsocksOptions(
        Destination.of(LOOPBACK, port),
        method,
        method.is2022() ? Golden2022.password(method, method.hasUsers()) : "secret",
        "");
  }

  private static Tunnel tunnel(ShadowsocksMethod method, int port) {
    return new Tunnel(
        new ShadowsocksOutbound(
            "ss", clientOptions(method, port), InstantSource.system(), new NOPLoggerFactory()),
        true);
  }

  private static DatagramCodec codec(ShadowsocksMethod method) {
    return ShadowsocksOutbound.edition(clientOptions(method, 1), InstantSource.system())
        .datagrams();
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static byte[] seal(DatagramCodec client, Destination peer, String text)
      throws BadHeaderException {
    ByteBuf sealed =
        client.seal(ByteBufAllocator.DEFAULT, peer, Unpooled.copiedBuffer(text, US_ASCII));
    byte[] bytes = ByteBufUtil.getBytes(sealed);
    sealed.release();
    return bytes;
  }

  private static void send(DatagramSocket socket, int port, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, port));
  }

  private static String open(DatagramCodec client, DatagramSocket socket) throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    Datagram datagram =
        client.open(
            ByteBufAllocator.DEFAULT,
            Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength()));
    String text = datagram.peer() + " " + datagram.content().toString(US_ASCII);
    datagram.release();
    return text;
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<String> received;

    Collector(BlockingQueue<String> received) {
      this.received = received;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      Datagram datagram = (Datagram) msg;
      received.add(datagram.peer() + " " + ByteBufUtil.hexDump(datagram.content()));
      datagram.release();
    }
  }
}
