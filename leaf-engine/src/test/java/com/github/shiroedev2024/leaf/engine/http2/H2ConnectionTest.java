package com.github.shiroedev2024.leaf.engine.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.RealDialer;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionEvents;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.transport.Port;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections against peers that obey the test frame by frame. */
@ExtendWith(LeakCheck.class)
class H2ConnectionTest {
  private static final EngineOptions DEFAULTS = EngineOptions.defaults();
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final String SETTINGS = "000000 04 00 00000000";

  /** Asks for "/" and expects nothing more. */
  private record Plain() implements H2Request {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public Http2Headers headers(Destination server) {
      return new DefaultHttp2Headers()
          .method("PUT")
          .scheme("https")
          .authority("a.example")
          .path("/");
    }

    @Override
    public @Nullable SessionException trailers(String peer, Http2Headers headers) {
      return null;
    }

    @Override
    public @Nullable ChannelHandler codec(String peer) {
      return null;
    }
  }

  /** Takes everything. */
  private record Any() implements H2Service {
    @Override
    public int refusal(Http2Headers request) {
      return 0;
    }

    @Override
    public Http2Headers answer() {
      return new DefaultHttp2Headers().status("200");
    }

    @Override
    public @Nullable Http2Headers trailers() {
      return null;
    }

    @Override
    public @Nullable ChannelHandler codec() {
      return null;
    }
  }

  /** Reads frames until one of this type comes. */
  private static void until(ScriptedServer.Peer peer, int type) throws IOException {
    while (true) {
      byte[] head = peer.read(9);
      peer.read(((head[0] & 0xff) << 16) | ((head[1] & 0xff) << 8) | (head[2] & 0xff));
      if (head[3] == type) {
        return;
      }
    }
  }

  private static Port client(ScriptedServer server) {
    return Port.client(
        new H2Outbound("h", new Plain(), DEFAULTS),
        Destination.of("127.0.0.1", server.port()),
        DEFAULTS);
  }

  private CloseReason reason(String frames) {
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  peer.read(PREFACE.length());
                  peer.send(Client.hex(SETTINGS));
                  until(peer, 1);
                  peer.send(Client.hex(frames));
                  peer.readAll();
                });
        Port client = client(server);
        Client app = new Client(client.port())) {
      assertThat(app.socket().isConnected()).isTrue();
      return client.reason();
    }
  }

  @Test
  void resetsAndStatusesAreFailures() {
    assertThat(reason("000001 01 04 00000003 88 000004 03 00 00000003 00000008"))
        .isEqualTo(CloseReason.REMOTE_RESET);
    assertThat(reason("000004 03 00 00000003 00000007")).isEqualTo(CloseReason.REMOTE_RESET);
    assertThat(reason("000001 01 04 00000003 8d")).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    assertThat(reason("000001 01 05 00000003 8e")).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    assertThat(reason("000001 01 04 00000003 88 ffffff 00 00 00000003"))
        .isEqualTo(CloseReason.REMOTE_RESET);
  }

  @Test
  void afterGoAwayOldStreamsGoOnAndNewOnesTakeAnotherConnection() {
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  peer.read(PREFACE.length());
                  peer.send(Client.hex(SETTINGS));
                  until(peer, 1);
                  peer.send(
                      Client.hex(
                          "000001 01 04 00000003 88 000008 07 00 00000000 00000003 00000000"
                              + "000002 00 00 00000003 6869"));
                  until(peer, 0);
                  peer.send(Client.hex("000002 00 01 00000003 6f6b"));
                  peer.readAll();
                });
        Port client = client(server)) {
      List<Client> apps = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Client app = new Client(client.port());
        apps.add(app);
        assertThat(app.readText(2)).isEqualTo("hi");
      }
      assertThat(server.connections()).isEqualTo(4);
      for (Client app : apps) {
        app.send("x");
        assertThat(app.readAll()).asString().isEqualTo("ok");
        app.close();
      }
    }
  }

  @Test
  void aSessionThatGivesUpLeavesTheConnectionToOthers() throws Exception {
    EventLoopGroup loops = Transports.newLoops(1, true, "pool-test");
    EventLoop loop = loops.next();
    H2Outbound outbound = new H2Outbound("h", new Plain(), DEFAULTS);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.read(PREFACE.length());
              peer.send(Client.hex(SETTINGS));
              until(peer, 1);
              peer.readAll();
            })) {
      Destination destination = Destination.of("127.0.0.1", server.port());
      List<Future<Channel>> opened =
          loop.submit(
                  () -> {
                    List<Future<Channel>> both = new ArrayList<>();
                    for (int i = 0; i < 2; i++) {
                      both.add(
                          outbound.connect(
                              session(destination, loop), destination, new RealDialer()));
                    }
                    both.getFirst().cancel(false);
                    return both;
                  })
              .get(10, TimeUnit.SECONDS);
      Channel stream = opened.getLast().get(10, TimeUnit.SECONDS);
      assertThat(stream.isActive()).isTrue();
      assertThat(server.connections()).isEqualTo(1);
      outbound.close();
      stream.close().syncUninterruptibly();
    } finally {
      loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
  }

  private static Session session(Destination destination, EventLoop loop) {
    return new Session(
        1,
        Network.TCP,
        "test",
        new InetSocketAddress(1),
        destination,
        null,
        loop,
        SessionEvents.NONE,
        0);
  }

  /** What the server does with these frames behind the preface: it ends the connection. */
  private static void isClosed(String frames, int times) {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(new H2Layer(new Any(), DEFAULTS), target.port(), DEFAULTS);
        Client client = new Client(server.port())) {
      client.send(PREFACE).sendHex(SETTINGS);
      byte[] flood = Client.hex(frames);
      try {
        for (int i = 0; i < times; i++) {
          client.send(flood);
        }
        client.readAll();
      } catch (RuntimeException e) {
        assertThat(e).hasCauseInstanceOf(java.net.SocketException.class); // reset in the flood
      }
    }
  }

  @Test
  void aFloodOfContinuationsIsCutOff() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(new H2Layer(new Any(), DEFAULTS), target.port(), DEFAULTS);
        Client client = new Client(server.port())) {
      client.send(PREFACE).sendHex(SETTINGS + "000000 01 00 00000001");
      try {
        for (int i = 0; i < 2000; i++) {
          client.sendHex("000001 09 00 00000001 88");
        }
        client.readAll();
      } catch (RuntimeException e) {
        assertThat(e).hasCauseInstanceOf(java.net.SocketException.class); // reset in the flood
      }
      assertThat(server.sessions()).isEmpty();
    }
  }

  @Test
  void aFloodOfEmptyFramesIsCutOff() {
    isClosed("000000 00 00 00000001", 2000);
  }

  @Test
  void garbageBehindThePrefaceClosesTheConnection() {
    Seeds.forEach(
        10,
        random -> {
          byte[] garbage = Seeds.bytes(random, 200);
          garbage[0] = (byte) 0xff; // longer than any frame may be
          isClosed(io.netty.buffer.ByteBufUtil.hexDump(garbage), 1);
        });
  }
}
