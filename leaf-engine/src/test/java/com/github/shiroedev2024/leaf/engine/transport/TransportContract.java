package com.github.shiroedev2024.leaf.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every stream transport must do, our client against our server over real sockets. */
@ExtendWith(LeakCheck.class)
public abstract class TransportContract {
  private static final int LARGE = 8 << 20;

  protected abstract Outbound outbound(EngineOptions options);

  protected abstract InboundLayer layer(EngineOptions options);

  /** Whether one direction may end before the other, seen from the client. */
  protected abstract boolean carriesHalfClose();

  private EngineOptions options = EngineOptions.defaults();

  /** Destination, our server, our client, in a row. */
  private final class Stand implements AutoCloseable {
    final EchoServer target;
    final Port server;
    final Port client;

    Stand(Mode mode) {
      target = EchoServer.start(mode);
      server = Port.server(layer(options), target.port(), options);
      client = Port.client(outbound(options), Destination.of("127.0.0.1", server.port()), options);
    }

    Client connect() {
      return new Client(client.port());
    }

    @Override
    public void close() {
      client.close();
      server.close();
      target.close();
    }
  }

  @Test
  void carriesBothWays() {
    try (Stand stand = new Stand(Mode.ECHO);
        Client client = stand.connect()) {
      assertThat(client.send("hello").readText(5)).isEqualTo("hello");
      assertThat(client.send("again").readText(5)).isEqualTo("again");
    }
  }

  @Test
  void carriesALotBothWaysAtOnce() throws Exception {
    byte[] all = Seeds.bytes(new Random(1), LARGE);
    try (Stand stand = new Stand(Mode.ECHO);
        Client client = stand.connect()) {
      FutureTask<Void> writing = write(client, all);
      assertThat(client.read(LARGE)).isEqualTo(all);
      Await.result(writing);
    }
  }

  @Test
  void serversMaySpeakFirstAndTheirEndArrives() throws IOException {
    try (Stand stand = new Stand(Mode.source(300_000, 7));
        Client client = stand.connect();
        InputStream expected = EchoServer.pattern(300_000, 7)) {
      assertThat(client.readAll()).isEqualTo(expected.readAllBytes());
    }
  }

  @Test
  void theClientsEndLeavesTheAnswerOpen() {
    Assumptions.assumeTrue(carriesHalfClose(), "it has no half-close");
    try (Stand stand = new Stand(Mode.ECHO_AFTER_END);
        Client client = stand.connect()) {
      client.send("question").endOutput();
      assertThat(client.readAll()).asString().isEqualTo("question");
      assertThat(stand.client.reason()).isEqualTo(CloseReason.FINISHED);
      assertThat(stand.server.reason()).isEqualTo(CloseReason.FINISHED);
    }
  }

  @Test
  void withoutHalfCloseBothEndAndNothingIsLost() {
    options = options.with(EngineOptions.TCP_DOWNLINK_TIMEOUT, Duration.ofSeconds(1));
    try (Stand stand = new Stand(Mode.SINK);
        Client client = stand.connect()) {
      byte[] all = Seeds.bytes(new Random(2), 1 << 20);
      client.send(all).endOutput();
      Await.until("all arrived", () -> stand.target.bytesReceived() == all.length);
      client.readAll();
      Await.until("the server's session ended", () -> stand.server.reason() != null);
    }
  }

  @Test
  void aSlowReaderStopsTheSender() throws Exception {
    try (Stand stand = new Stand(Mode.source(1L << 30, 3));
        Client client = stand.connect()) {
      assertThat(client.read(1)).hasSize(1);
      // What flows until all buffers on the way are full; then nothing moves any more.
      long[] before = {-1};
      int[] still = {0};
      Await.until(
          Duration.ofSeconds(30),
          "standstill",
          () -> {
            long now = stand.server.session().received();
            still[0] = now == before[0] ? still[0] + 1 : 0;
            before[0] = now;
            return still[0] > 20;
          });
      assertThat(before[0]).isLessThan(64L << 20);
    }
  }

  @Test
  void manyStreamsAtOnce() {
    options = options.with(EngineOptions.TCP_DOWNLINK_TIMEOUT, Duration.ofSeconds(1));
    byte[] each = Seeds.bytes(new Random(4), 20_000);
    try (Stand stand = new Stand(Mode.ECHO)) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        clients.add(stand.connect().send(each));
      }
      for (Client client : clients) {
        assertThat(client.read(each.length)).isEqualTo(each);
        client.close();
      }
      Await.until("all ended", () -> stand.client.open() == 0);
    }
  }

  @Test
  void aResetBehindTheServerReachesTheClient() {
    try (Stand stand = new Stand(Mode.RESET);
        Client client = stand.connect()) {
      client.send("x");
      assertThat(client.ends()).isTrue();
      assertThat(stand.client.reason()).isNotEqualTo(CloseReason.HALF_CLOSED_TIMEOUT);
    }
  }

  @Test
  void nobodyListening() {
    try (RefusingPort gone = new RefusingPort()) {
      assertThat(reasonAt(gone.port())).isEqualTo(CloseReason.REFUSED);
    }
  }

  @Test
  void aServerThatSaysNothing() {
    options = options.with(EngineOptions.OUTBOUND_DIAL_TIMEOUT, Duration.ofSeconds(1));
    try (ScriptedServer silent = new ScriptedServer(peer -> peer.readAll())) {
      assertThat(reasonAt(silent.port())).isEqualTo(CloseReason.HANDSHAKE_TIMEOUT);
    }
  }

  @Test
  void aServerThatClosesAtOnce() {
    try (ScriptedServer closing =
        new ScriptedServer(
            peer -> {
              peer.read(10);
              peer.socket().shutdownOutput();
              peer.readAll();
            })) {
      assertThat(reasonAt(closing.port())).isEqualTo(CloseReason.HANDSHAKE_CLOSED);
    }
  }

  @Test
  void aServerThatAnswersGarbage() {
    try (ScriptedServer garbage =
        new ScriptedServer(
            peer -> {
              peer.read(10);
              peer.send("SSH-2.0-OpenSSH_9.9\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n");
              peer.readAll();
            })) {
      assertThat(reasonAt(garbage.port()))
          .isIn(CloseReason.PROTOCOL_ERROR, CloseReason.HANDSHAKE_FAILED);
    }
  }

  /** How a client's session ends whose server is at this port. */
  protected CloseReason reasonAt(int port) {
    try (Port client = Port.client(outbound(options), Destination.of("127.0.0.1", port), options);
        Client app = new Client(client.port())) {
      app.send("x");
      CloseReason reason = client.reason();
      assertThat(client.session().closeDetail()).contains("127.0.0.1:" + port);
      return reason;
    }
  }

  @Test
  void probesGetNoReset() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(options), target.port(), options)) {
      Seeds.forEach(
          8,
          random -> {
            try (Client probe = new Client(server.port())) {
              probe.send(Seeds.bytes(random, 1 + random.nextInt(3000))).endOutput();
              probe.readAll(); // a reset would throw
            }
          });
      assertThat(target.accepted()).isZero();
    }
  }

  @Test
  void aClientThatTakesTooLongIsClosed() {
    options = options.with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofSeconds(1));
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(options), target.port(), options);
        Client slow = new Client(server.port())) {
      slow.send("GET / HT");
      slow.readAll();
      assertThat(server.sessions()).isEmpty();
    }
  }

  private static FutureTask<Void> write(Client client, byte[] all) {
    FutureTask<Void> writing =
        new FutureTask<>(
            () -> {
              OutputStream out = client.socket().getOutputStream();
              out.write(all);
              return null;
            });
    Thread.ofPlatform().daemon().start(writing);
    return writing;
  }
}
