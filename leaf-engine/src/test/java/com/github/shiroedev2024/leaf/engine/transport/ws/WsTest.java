package com.github.shiroedev2024.leaf.engine.transport.ws;

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
import com.github.shiroedev2024.leaf.testkit.EchoServer.Mode;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WsTest extends TransportContract {
  private static final EngineOptions DEFAULTS = EngineOptions.defaults();
  private static final String REQUEST =
      "GET /ws?x HTTP/1.1\r\nHost: h\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

  @Override
  protected Outbound outbound(EngineOptions options) {
    return new WsOutbound(
        "ws", new WsOptions("/ws?x=1", Map.of("X-A", "b"), 0, WsOptions.PROTOCOL), options);
  }

  @Override
  protected InboundLayer layer(EngineOptions options) {
    return new WsLayer(new WsServerOptions("/ws", WsOptions.PROTOCOL), options);
  }

  @Override
  protected boolean carriesHalfClose() {
    return false;
  }

  /** The same with early data in the request. */
  @Nested
  class WithEarlyData extends TransportContract {
    @Override
    protected Outbound outbound(EngineOptions options) {
      return new WsOutbound(
          "ws", new WsOptions("/ws", Map.of(), 2048, WsOptions.PROTOCOL), options);
    }

    @Override
    protected InboundLayer layer(EngineOptions options) {
      return WsTest.this.layer(options);
    }

    @Override
    protected boolean carriesHalfClose() {
      return false;
    }
  }

  private Port server(EchoServer target) {
    return Port.server(layer(DEFAULTS), target.port(), DEFAULTS);
  }

  // The key and its answer are those of RFC 6455, section 1.3; the frames those of section 5.7.
  @Test
  void speaksWhatTheRfcShows() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = server(target);
        Client client = new Client(server.port())) {
      client.send(REQUEST + "X-Forwarded-For: 192.0.2.1, 2001:db8::2, unknown, 192.0.2.9\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\n"))
          .startsWith("HTTP/1.1 101 ")
          .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
          .doesNotContain("Sec-WebSocket-Protocol");
      client.sendHex("81 85 37fa213d 7f9f4d5158");
      assertThat(client.readHex(2)).isEqualTo("8205");
      assertThat(client.readText(5)).isEqualTo("Hello");
      client.sendHex("89 85 37fa213d 7f9f4d5158");
      assertThat(client.readHex(7)).isEqualTo("8a0548656c6c6f");
      client.sendHex("88 82 00000000 03e8");
      assertThat(client.readHex(4)).isEqualTo("880203e8");
      assertThat(client.readAll()).isEmpty();
      assertThat(server.reason()).isEqualTo(CloseReason.FINISHED);
      assertThat(server.session().forwardedSource()).isEqualTo("2001:db8::2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aGVsbG8_Pz4-", "aGVsbG8/Pz4+", "aGVsbG8_Pz4-=="})
  void takesEarlyDataAndRepeatsIt(String header) {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = server(target);
        Client client = new Client(server.port())) {
      client.send(REQUEST + "Sec-WebSocket-Protocol: " + header + "\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\n"))
          .contains("\r\nSec-WebSocket-Protocol: " + header + "\r\n");
      assertThat(client.readHex(2)).isEqualTo("8209");
      assertThat(client.readText(9)).isEqualTo("hello??>>");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /wsx HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n 404",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n 404",
        "GET /ws HTTP/1.1\r\nHost: h\r\n\r\n 400",
        "POST /ws HTTP/1.1\r\nHost: h\r\n\r\n 400",
        "GET /ws\r\n\r\n 400",
        "\r\n 400",
        "nonsense\r\n\r\n 400",
        "GET /ws HTTP/1.1\r\nA B: c\r\n\r\n 400",
        "GET /ws HTTP/1.1\r\n folded\r\n\r\n 400"
      })
  void everythingElseIsRefusedAsByAWebServer(String requestAndStatus) {
    int cut = requestAndStatus.lastIndexOf(' ');
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = server(target);
        Client client = new Client(server.port())) {
      client.send(requestAndStatus.substring(0, cut));
      assertThat(client.readUntil("\r\n\r\n"))
          .startsWith("HTTP/1.1" + requestAndStatus.substring(cut) + " ");
      client.send("what comes after it is read and dropped").endOutput();
      client.readAll();
      assertThat(server.sessions()).isEmpty();
    }
  }

  @Test
  void aHeadWithoutEndIsRefused() {
    try (EchoServer target = EchoServer.start(Mode.ECHO);
        Port server = server(target);
        Client client = new Client(server.port())) {
      client.send("GET /ws HTTP/1.1\r\nA: " + "b".repeat(40_000));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void theRequestHasTheServersNameWithoutPort() {
    AtomicReference<String> seen = new AtomicReference<>("");
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              seen.set(peer.readHead());
              peer.send("HTTP/1.1 404 Not Found\r\n\r\n");
              peer.readAll();
            })) {
      assertThat(reasonAt(server.port())).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    }
    assertThat(seen.get())
        .matches(
            "GET /ws\\?x=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\r\n"
                + "Sec-WebSocket-Version: 13\r\nX-A: b\r\n\r\n");
  }

  @Test
  void anAnswerThatDoesNotFitTheKeyIsRefused() {
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              peer.readHead();
              peer.send(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      + "Connection: Upgrade\r\n"
                      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
              peer.readAll();
            })) {
      assertThat(reasonAt(server.port())).isEqualTo(CloseReason.HANDSHAKE_FAILED);
    }
  }

  /** A server of the test's own: answers the handshake, then does what it is told. */
  private static ScriptedServer answering(ScriptedServer.Script then) {
    return new ScriptedServer(
        peer -> {
          String head = peer.readHead();
          String key = head.replaceAll("(?s).*Sec-WebSocket-Key: (\\S+).*", "$1");
          peer.send(
              "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                  + "sec-websocket-accept: "
                  + WsAccept.of(key)
                  + "\r\n\r\n");
          then.run(peer);
        });
  }

  private CloseReason reason(ScriptedServer.Script then, String expected) {
    try (ScriptedServer server = answering(then);
        Port port =
            Port.client(outbound(DEFAULTS), Destination.of("127.0.0.1", server.port()), DEFAULTS);
        Client app = new Client(port.port())) {
      app.send("x");
      if (!expected.isEmpty()) {
        assertThat(app.readText(expected.length())).isEqualTo(expected);
      }
      assertThat(app.ends()).isTrue();
      app.endOutput();
      return port.reason();
    }
  }

  private static byte[] hex(String hex) {
    return Client.hex(hex);
  }

  @Test
  void aServersCloseEndsInOrder() {
    assertThat(
            reason(
                peer -> {
                  peer.read(7);
                  peer.send(hex("8202 6869 8802 03e8"));
                  assertThat(peer.read(2)).isEqualTo(hex("8882"));
                  peer.readAll();
                },
                "hi"))
        .isEqualTo(CloseReason.FINISHED);
  }

  @Test
  void aServerThatEndsWithoutCloseEndsInOrder() {
    assertThat(
            reason(
                peer -> {
                  peer.read(7);
                  peer.send(hex("8202 6869"));
                },
                "hi"))
        .isIn(CloseReason.FINISHED, CloseReason.CLIENT_GONE);
  }

  @Test
  void aServerThatEndsWithinAFrameHasFailed() {
    assertThat(
            reason(
                peer -> {
                  peer.read(7);
                  peer.send(hex("8203 6869"));
                },
                "hi"))
        .isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void aCloseForAReasonIsAFailure() {
    assertThat(
            reason(
                peer -> {
                  peer.read(7);
                  peer.send(hex("8802 03f3"));
                  peer.readAll();
                },
                ""))
        .isEqualTo(CloseReason.REMOTE_RESET);
  }

  @Test
  void framesThatBreakTheRulesAreAFailure() {
    assertThat(
            reason(
                peer -> {
                  peer.read(7);
                  peer.send(hex("c201 61"));
                  peer.readAll();
                },
                ""))
        .isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void earlyDataGoesInTheRequestAndTheRestBehind() {
    AtomicReference<String> seen = new AtomicReference<>("");
    Outbound outbound = new WsOutbound("ws", new WsOptions("/", Map.of(), 4, "X-Early"), DEFAULTS);
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  String head = peer.readHead();
                  seen.set(head);
                  peer.send(
                      "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          + "Sec-WebSocket-Accept: "
                          + WsAccept.of(head.replaceAll("(?s).*-Key: (\\S+).*", "$1"))
                          + "\r\n\r\n");
                  byte[] frame = peer.read(8);
                  assertThat(frame[1]).isEqualTo((byte) 0x82);
                  peer.send(hex("8202 6f6b"));
                  peer.readAll();
                });
        Port port = Port.client(outbound, Destination.of("127.0.0.1", server.port()), DEFAULTS);
        Client app = new Client(port.port())) {
      assertThat(app.send("?>>~ab").readText(2)).isEqualTo("ok");
    }
    assertThat(seen.get()).contains("\r\nX-Early: Pz4-fg\r\n");
  }

  @Test
  void aRefusedHandshakeWithEarlyDataFailsTheSession() {
    Outbound outbound =
        new WsOutbound("ws", new WsOptions("/", Map.of(), 100, "X-Early"), DEFAULTS);
    try (ScriptedServer server =
            new ScriptedServer(
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 502 Bad Gateway\r\n\r\n");
                  peer.readAll();
                });
        Port port = Port.client(outbound, Destination.of("127.0.0.1", server.port()), DEFAULTS);
        Client app = new Client(port.port())) {
      app.send("x");
      assertThat(port.reason()).isEqualTo(CloseReason.HANDSHAKE_FAILED);
      assertThat(port.session().closeDetail()).contains("502 Bad Gateway");
    }
  }
}
