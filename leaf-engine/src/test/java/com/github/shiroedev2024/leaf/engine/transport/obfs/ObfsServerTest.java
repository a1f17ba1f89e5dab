package com.github.shiroedev2024.leaf.engine.transport.obfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.ClientReply;
import com.github.shiroedev2024.leaf.engine.spi.Inbound;
import com.github.shiroedev2024.leaf.engine.spi.InboundContext;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The layer against {@code obfs-server} of simple-obfs, which passes the stream on to an echo. */
@ExtendWith(LeakCheck.class)
class ObfsServerTest {
  @ParameterizedTest
  @EnumSource
  void streamsGoBothWays(ObfsOptions.Method method) throws Exception {
    int bytes = 1 << 20;
    InetSocketAddress at =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePorts.any());
    PeerProgram.require("obfs-server");
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        PeerProgram server =
            PeerProgram.start(
                List.of(
                    "obfs-server",
                    "-s",
                    "127.0.0.1",
                    "-p",
                    String.valueOf(at.getPort()),
                    "-r",
                    "127.0.0.1:" + echo.port(),
                    "--obfs",
                    method.name().toLowerCase(Locale.ROOT)),
                at);
        SmallEngine engine = new SmallEngine()) {
      engine.through(outbound(method));
      int port = engine.listen(context -> new Fixed(Destination.of(at), context));
      try (Client client = new Client(port)) {
        client.send("ping");
        assertThat(client.readText(4)).as(server.output()).isEqualTo("ping");
        Thread sender =
            Thread.ofPlatform()
                .daemon()
                .start(
                    () -> {
                      try {
                        EchoServer.pattern(bytes, 3).transferTo(client.socket().getOutputStream());
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    });
        assertThat(client.read(bytes)).isEqualTo(EchoServer.pattern(bytes, 3).readAllBytes());
        sender.join();
      }
    }
  }

  @Test
  void carriesNoDatagrams() {
    ObfsOutbound outbound = outbound(ObfsOptions.Method.TLS);
    assertThat(outbound.carries(Network.TCP)).isTrue();
    assertThat(outbound.carries(Network.UDP)).isFalse();
    try (SmallEngine engine = new SmallEngine()) {
      Destination peer = Destination.of("127.0.0.1", 9);
      Session session = engine.session(Network.UDP, peer);
      Throwable cause =
          engine
              .onLoop(session, () -> outbound.associate(session, peer, engine.dialer()))
              .awaitUninterruptibly()
              .cause();
      assertThat(cause)
          .isInstanceOfSatisfying(
              SessionException.class,
              e -> assertThat(e.reason()).isEqualTo(CloseReason.NOT_SUPPORTED));
    }
  }

  private static ObfsOutbound outbound(ObfsOptions.Method method) {
    return new ObfsOutbound(
        "obfs", new ObfsOptions(method, "www.example", "/"), InstantSource.system());
  }

  /** Sends every client to one destination. */
  private record Fixed(Destination destination, InboundContext context)
      implements Inbound, ClientReply {
    @Override
    public String tag() {
      return "fixed";
    }

    @Override
    public void accept(Channel client) {
      client.config().setAutoRead(false);
      Session session =
          context
              .dispatcher()
              .open(
                  Network.TCP,
                  tag(),
                  (InetSocketAddress) client.remoteAddress(),
                  destination,
                  null,
                  client.eventLoop());
      context.dispatcher().serve(session, client, this);
    }

    @Override
    public void granted(Channel client, Channel remote) {}

    @Override
    public void refused(Channel client, SessionException cause) {
      client.close();
    }
  }
}
