package com.github.shiroedev2024.leaf.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What transports must do besides that share connections, and those HTTP/2. */
public abstract class PooledContract extends TransportContract {
  private static final EngineOptions DEFAULTS = EngineOptions.defaults();

  /** A server that does not have what the outbound asks for. */
  protected abstract InboundLayer otherLayer(EngineOptions options);

  @Override
  protected boolean carriesHalfClose() {
    return true;
  }

  @Test
  void streamsShareConnections() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(DEFAULTS), target.port(), DEFAULTS);
        Port client =
            Port.client(outbound(DEFAULTS), Destination.of("127.0.0.1", server.port()), DEFAULTS)) {
      List<Client> apps = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        apps.add(new Client(client.port()).send("hello"));
      }
      apps.forEach(app -> assertThat(app.readText(5)).isEqualTo("hello"));
      // One connection for each of the two loops.
      assertThat(server.accepted()).isBetween(1, 2);
      apps.forEach(Client::close);
    }
  }

  @Test
  void aStreamThatNobodyReadsStopsNoOther() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(DEFAULTS), target.port(), DEFAULTS);
        Port client =
            Port.client(outbound(DEFAULTS), Destination.of("127.0.0.1", server.port()), DEFAULTS)) {
      List<Client> stuck = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Client app = new Client(client.port());
        stuck.add(app);
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    app.send(new byte[16 << 20]);
                  } catch (RuntimeException e) {
                    // closed by the test
                  }
                });
      }
      Await.until(
          "all have got going",
          () ->
              server.sessions().size() == 8
                  && server.sessions().stream().allMatch(s -> s.received() > 100_000));
      for (int i = 0; i < 4; i++) {
        try (Client app = new Client(client.port())) {
          assertThat(app.send("hello").readText(5)).isEqualTo("hello");
        }
      }
      stuck.forEach(Client::close);
    }
  }

  @Test
  void aRequestForSomethingElseFailsTheSession() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(otherLayer(DEFAULTS), target.port(), DEFAULTS)) {
      assertThat(reasonAt(server.port())).isEqualTo(CloseReason.HANDSHAKE_FAILED);
      assertThat(server.sessions()).isEmpty();
    }
  }

  @Test
  void afterTheOutboundIsClosedItsStreamsGoOnAndThenTheConnectionCloses() {
    Outbound outbound = outbound(DEFAULTS);
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(DEFAULTS), target.port(), DEFAULTS);
        Port client = Port.client(outbound, Destination.of("127.0.0.1", server.port()), DEFAULTS)) {
      Client app = new Client(client.port());
      assertThat(app.send("one").readText(3)).isEqualTo("one");
      outbound.close();
      assertThat(app.send("two").readText(3)).isEqualTo("two");
      app.endOutput();
      assertThat(app.readAll()).isEmpty();
      app.close();
      Await.until("the connection is closed", () -> server.open() == 0);
    }
  }

  @Test
  void aConnectionThatBreaksFailsItsStreamsAndIsReplaced() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = Port.server(layer(DEFAULTS), target.port(), DEFAULTS);
        Port client =
            Port.client(outbound(DEFAULTS), Destination.of("127.0.0.1", server.port()), DEFAULTS)) {
      try (Client app = new Client(client.port())) {
        assertThat(app.send("one").readText(3)).isEqualTo("one");
        server.breakConnections();
        assertThat(app.ends()).isTrue();
        assertThat(client.reason()).isEqualTo(CloseReason.REMOTE_RESET);
      }
      for (int i = 0; i < 2; i++) {
        try (Client app = new Client(client.port())) {
          assertThat(app.send("two").readText(3)).isEqualTo("two");
        }
      }
    }
  }
}
