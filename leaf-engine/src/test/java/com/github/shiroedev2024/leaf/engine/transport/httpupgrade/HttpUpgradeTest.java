package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import com.github.shiroedev2024.leaf.engine.spi.Outbound;
import com.github.shiroedev2024.leaf.engine.transport.Port;
import com.github.shiroedev2024.leaf.engine.transport.TransportContract;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUpgradeTest extends TransportContract {
  private static final String ANSWER =
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: WebSocket\r\n\r\n";

  @Override
  protected Outbound outbound(EngineOptions options) {
    return new HttpUpgradeOutbound("hu", new HttpUpgradeOptions("/up?x=1", Map.of()), options);
  }

  @Override
  protected InboundLayer layer(EngineOptions options) {
    return new HttpUpgradeLayer(new HttpUpgradeServerOptions("/up", "127.0.0.1"), options);
  }

  @Override
  protected boolean carriesHalfClose() {
    return true;
  }

  @Test
  void theRequestIsWhatPeersExpect() {
    AtomicReference<String> seen = new AtomicReference<>("");
    EngineOptions options =
        EngineOptions.defaults().with(EngineOptions.HTTP_USER_AGENT, "agent/1.0");
    Outbound outbound =
        new HttpUpgradeOutbound(
            "hu", new HttpUpgradeOptions("/p", Map.of("Host", "h.example")), options);
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  seen.set(peer.readHead());
                  peer.send(ANSWER + "glued");
                  peer.send(peer.read(4));
                  peer.readAll();
                });
        Port port = Port.client(outbound, Destination.of("127.0.0.1", server.port()), options);
        Client client = new Client(port.port())) {
      assertThat(client.send("abcd").readText(9)).isEqualTo("gluedabcd");
      assertThat(seen.get())
          .isEqualTo(
              "GET /p HTTP/1.1\r\nHost: h.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "User-Agent: agent/1.0\r\n\r\n");
    }
  }

  @Test
  void aRefusalNamesTheAnswer() {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 403 Forbidden\r\n\r\n");
              peer.readAll();
            })) {
      assertThat(reasonAt(server.port())).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /other HTTP/1.1\r\n"
            + "Host: 127.0.0.1\r\n"
            + "Connection: Upgrade\r\n"
            + "Upgrade: websocket\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: other\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST /up HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "GET /up HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
      })
  void everythingElseIsNotFound(String request) {
    try (EchoServer target = EchoServer.start(EchoServer.Mode.ECHO);
        Port server =
            Port.server(layer(EngineOptions.defaults()), target.port(), EngineOptions.defaults());
        Client client = new Client(server.port())) {
      client.send(request);
      assertThat(client.readAll()).asString().startsWith("HTTP/1.1 404 Not Found\r\n");
      assertThat(server.sessions()).isEmpty();
    }
  }
}
