package com.github.shiroedev2024.leaf.engine.protocol.tun;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.dns.FakeAddressPool;
import com.github.shiroedev2024.leaf.engine.dns.FakeDnsFilter;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** DNS over TCP on real sockets; what is not answered goes to an echo server. */
@ExtendWith(LeakCheck.class)
class DnsStreamTest {
  private static final TunNet FOUR =
      new TunNet(
          InetAddress.ofLiteral("192.168.233.2"), 24, InetAddress.ofLiteral("192.168.233.1"));

  private final SmallEngine engine = new SmallEngine();
  private final EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO_AFTER_END);
  private final FakeAddressPool pool = new FakeAddressPool(Ticker.systemTicker());
  private @Nullable TunDevice device;

  private int listen(boolean hijack) {
    return engine.listen(
        context -> {
          TunInbound inbound = inbound(context, pool, hijack);
          TunPlan plan = new TunPlan(-1, "fake0", FOUR, null, 1500, false, 0, true, false);
          TunDevice made =
              new TunDevice(plan, new FakePackets(0), false, engine.loops(), engine.logs());
          device = made;
          inbound.serves(made);
          return new Inbound() {
            @Override
            public String tag() {
              return "dns";
            }

            @Override
            public void accept(Channel client) {
              Destination server = Destination.of("127.0.0.1", echo.port());
              client.pipeline().addLast(new DnsStream(inbound, server));
            }
          };
        });
  }

  static TunInbound inbound(InboundContext context, FakeAddresses fakes, boolean hijack) {
    TunOptions options =
        new TunOptions(
            -1,
            "fake0",
            FOUR,
            null,
            1500,
            false,
            0,
            hijack,
            new FakeDnsFilter(true, List.of("example")));
    return new TunInbound("tun", options, new FakingContext(context, fakes));
  }

  @AfterEach
  void close() {
    engine.close();
    echo.close();
    TunDevice made = device;
    if (made != null) {
      made.close();
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    return socket;
  }

  private static byte[] answer(DataInputStream in) throws IOException {
    return in.readNBytes(in.readUnsignedShort());
  }

  @Test
  void questionsAreAnsweredInTheirFrames() throws Exception {
    int port = listen(false);
    try (Socket socket = connect(port)) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] two = Questions.framed(7, "a.example", 1, "b.example", 1);
      for (byte b : two) { // a byte at a time
        out.write(b);
        out.flush();
      }
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] first = answer(in);
      assertThat(first[1]).isEqualTo((byte) 7);
      assertThat(Arrays.copyOfRange(first, first.length - 4, first.length))
          .containsExactly(198, 18, 0, 1);
      byte[] second = answer(in);
      assertThat(second[1]).isEqualTo((byte) 8);
      assertThat(second[second.length - 1]).isEqualTo((byte) 2);
      out.write(Questions.framed(9, "a.example", 28, "a.example", 65));
      for (int i = 0; i < 2; i++) { // no IPv6 address, no hints
        byte[] empty = answer(in);
        assertThat(empty[3] & 15).isZero();
        assertThat(empty[7]).isZero();
      }
      out.write(Questions.framed(11, "2.0.18.198.in-addr.arpa", 12, "9.9.18.198.in-addr.arpa", 12));
      assertThat(new String(answer(in), java.nio.charset.StandardCharsets.ISO_8859_1))
          .contains("\u0001b\u0007example\u0000");
      assertThat(answer(in)[3] & 15).isEqualTo(3);
      out.write(Questions.framed(13, "a.example", 1));
      socket.shutdownOutput(); // what was asked before is answered still
      assertThat(answer(in)[1]).isEqualTo((byte) 13);
      assertThat(in.read()).isEqualTo(-1);
    }
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void manyQuestionsAtOnceAreAllAnswered() throws Exception {
    int port = listen(false);
    try (Socket socket = connect(port)) {
      Thread asking =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < 500; i++) {
                    socket.getOutputStream().write(Questions.framed(i, i + ".example", 1));
                  }
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < 500; i++) {
        byte[] reply = answer(in);
        assertThat(((reply[0] & 0xff) << 8) | (reply[1] & 0xff)).isEqualTo(i);
      }
      assertThat(in.read()).isEqualTo(-1);
      asking.join();
    }
    assertThat(pool.size()).isEqualTo(500);
  }

  @Test
  void whatBeginsWithSomethingElseGoesToTheServer() throws Exception {
    int port = listen(false);
    try (Socket socket = connect(port)) {
      byte[] other = Questions.framed(7, "www.elsewhere.test", 1, "a.example", 1);
      socket.getOutputStream().write(other);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(other); // the echo of all of it
    }
    Await.until("a session", () -> engine.sessions().size() == 1);
    Session session = engine.sessions().getFirst();
    assertThat(session.network()).isEqualTo(Network.TCP);
    assertThat(session.destination().port()).isEqualTo(echo.port());
  }

  @Test
  void somethingElseLaterEndsIt() throws Exception {
    int port = listen(false);
    try (Socket socket = connect(port)) {
      socket.getOutputStream().write(Questions.framed(7, "a.example", 1, "a.example", 16));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(answer(in)[1]).isEqualTo((byte) 7);
      assertThat(in.read()).isEqualTo(-1);
    }
  }
}
