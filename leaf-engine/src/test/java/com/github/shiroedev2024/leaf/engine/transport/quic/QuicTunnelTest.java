package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.transport.Transfers;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client's half against the server's: what is carried, and how it ends. */
@ExtendWith(LeakCheck.class)
class QuicTunnelTest {
  private final QuicTunnel tunnel = new QuicTunnel();

  @AfterEach
  void close() {
    tunnel.close();
  }

  @Test
  void carriesBothWays() {
    try (EchoServer echo = EchoServer.start(Mode.ECHO);
        Client app = new Client(tunnel.tunnel(tunnel.serve(echo.port())))) {
      assertThat(app.send("hello").readText(5)).isEqualTo("hello");
      assertThat(app.send("again").readText(5)).isEqualTo("again");
    }
  }

  @Test
  void sixtyFourMebibytesBothWays() {
    try (EchoServer echo = EchoServer.start(Mode.ECHO)) {
      Transfers.echoes(tunnel.tunnel(tunnel.serve(echo.port())), 64 << 20);
    }
  }

  @Test
  void halfCloseArrivesAndTheAnswerComesBehindIt() {
    try (EchoServer sink = EchoServer.start(Mode.SINK);
        Client app = new Client(tunnel.tunnel(tunnel.serve(sink.port())))) {
      app.send("all of it").endOutput();
      assertThat(app.readAll()).hasSize(64);
      assertThat(tunnel.ended().closeReason()).isEqualTo(CloseReason.FINISHED);
    }
  }

  @Test
  void twoHundredStreams() {
    try (EchoServer echo = EchoServer.start(Mode.ECHO)) {
      Transfers.many(tunnel.tunnel(tunnel.serve(echo.port())), 200);
    }
  }

  @Test
  void aResetBehindTheServerEndsTheStreamOnly() {
    try (EchoServer reset = EchoServer.start(Mode.RESET)) {
      int port = tunnel.tunnel(tunnel.serve(reset.port()));
      for (int i = 0; i < 3; i++) {
        try (Client app = new Client(port)) {
          assertThat(app.send("x").ends()).isTrue();
        }
      }
      assertThat(tunnel.ended().closeReason()).isEqualTo(CloseReason.REMOTE_RESET);
    }
  }
}
