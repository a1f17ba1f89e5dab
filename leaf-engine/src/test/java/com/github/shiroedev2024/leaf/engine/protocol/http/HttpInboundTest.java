package com.github.shiroedev2024.leaf.engine.protocol.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.github.shiroedev2024.leaf.engine.protocol.Client;
import com.github.shiroedev2024.leaf.engine.protocol.ScriptedServer;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.protocol.direct.DirectOutbound;
import com.github.shiroedev2024.leaf.engine.protocol.drop.DropOutbound;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.Session;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.User;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.github.shiroedev2024.leaf.testkit.RefusingPort;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class HttpInboundTest {
  private static final List<User> USERS = List.of(new User("a", "ann", "se:cret", null));

  @Parameter boolean preferNative;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.add(part);
    return part;
  }

  private SmallEngine engine() {
    return closing(new SmallEngine(preferNative));
  }

  private Client client(int port) {
    return closing(new Client(port));
  }

  private static int listen(SmallEngine engine, List<User> users) {
    return engine.listen(context -> new HttpInbound("in", users, context));
  }

  private static int listen(SmallEngine engine) {
    return listen(engine, List.of());
  }

  private ScriptedServer server(ScriptedServer.Script script) {
    return closing(new ScriptedServer(script));
  }

  /** A server that answers each request on a connection with its own head as the body. */
  private ScriptedServer mirror() {
    return server(
        peer -> {
          while (true) {
            String head = peer.readHead();
            String lower = head.toLowerCase(Locale.ROOT);
            int length = 0;
            int at = lower.indexOf("content-length: ");
            if (at >= 0) {
              length = Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
            }
            byte[] body = peer.read(length);
            String answer = head.startsWith("HEAD") ? "" : head + new String(body, UTF_8);
            peer.send(
                "HTTP/1.1 200 OK\r\nContent-Length: "
                    + (head.startsWith("HEAD") ? 12_345 : answer.length())
                    + "\r\n\r\n"
                    + answer);
          }
        });
  }

  private static String body(Client client) {
    String head = client.readUntil("\r\n\r\n");
    int at = head.indexOf("Content-Length: ");
    assertThat(at).as(head).isPositive();
    return client.readText(Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at))));
  }

  private static String url(ScriptedServer server, String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  // -- CONNECT -----------------------------------------------------------------------------------

  @Test
  void connectOpensATunnelAndLosesNothing() {
    SmallEngine engine = engine();
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO));
    String request = "CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.1\r\nHost: x\r\n\r\n";
    Client client = client(listen(engine));
    client.send(request + "GET / HTTP/1.1\r\n\r\nthis is not for the proxy");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(client.readText(43)).isEqualTo("GET / HTTP/1.1\r\n\r\nthis is not for the proxy");
    client.endOutput();
    assertThat(client.ends()).isTrue();
    Session session = engine.sessions().getFirst();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.FINISHED);
    assertThat(session.sent()).isEqualTo(43);
    assertThat(session.received()).isEqualTo(43);

    Client slow = client(listen(engine));
    for (byte b : (request + "slow").getBytes(US_ASCII)) {
      slow.send(new byte[] {b});
    }
    assertThat(slow.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(slow.readText(4)).isEqualTo("slow");
  }

  @Test
  void aTunnelCarriesMuchBothWays() {
    EchoServer echo = closing(EchoServer.start(EchoServer.Mode.ECHO_AFTER_END));
    byte[] payload = Seeds.bytes(new Random(3), 1_000_000);
    Client client = client(listen(engine()));
    client.send("CONNECT 127.0.0.1:" + echo.port() + " HTTP/1.0\r\n\r\n");
    client.send(payload).endOutput();
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(client.readAll()).isEqualTo(payload);
  }

  @Test
  void tellsWhyAConnectionFailed() {
    SmallEngine engine = engine();
    int port = listen(engine);
    RefusingPort gone = closing(new RefusingPort());
    for (String request :
        List.of(
            "CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n", "GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n")) {
      int dead = gone.port();
      Client refused = client(port).send(request.formatted(dead));
      String reply = new String(refused.readAll(), UTF_8);
      assertThat(reply)
          .startsWith("HTTP/1.1 502 Bad Gateway\r\n")
          .contains("Content-Type: text/plain", "connection refused", "127.0.0.1:" + dead);
      engine.through(new DropOutbound("no"));
      Client dropped = client(port).send(request.formatted(dead));
      assertThat(new String(dropped.readAll(), UTF_8))
          .startsWith("HTTP/1.1 403 Forbidden\r\n")
          .contains("dropped by rule");
      engine.through(new DirectOutbound("d"));
    }
  }

  // -- forwarding --------------------------------------------------------------------------------

  @Test
  void forwardsInOriginForm() {
    SmallEngine engine = engine();
    ScriptedServer mirror = mirror();
    Client client = client(listen(engine));
    client.send(
        "GET "
            + url(mirror, "/p?q=%20")
            + " HTTP/1.1\r\n"
            + "Host: other.example\r\n"
            + "Accept: */*\r\nX-Odd: caf\u00e9\r\n"
            + "Connection: keep-alive, X-Listed\r\nX-Listed: gone\r\n"
            + "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eDp5\r\n"
            + "Keep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: x\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
    String seen = body(client);
    assertThat(seen).startsWith("GET /p?q=%20 HTTP/1.1\r\n");
    assertThat(seen)
        .containsOnlyOnce("host: 127.0.0.1:" + mirror.port() + "\r\n")
        .contains("Accept: */*\r\n")
        .doesNotContainIgnoringCase(
            "other.example",
            "Connection",
            "X-Listed",
            "Proxy-",
            "Keep-Alive",
            "TE:",
            "Trailer",
            "Upgrade",
            "HTTP2");
    assertThat(engine.sessions()).hasSize(1);
  }

  @Test
  void oneConnectionServesManyRequestsToManyHosts() {
    SmallEngine engine = engine();
    ScriptedServer one = mirror();
    ScriptedServer two = mirror();
    Client client = client(listen(engine));
    for (int i = 0; i < 20; i++) {
      ScriptedServer to = i % 10 < 5 ? one : two;
      client.send("GET " + url(to, "/" + i) + " HTTP/1.1\r\n\r\n");
      assertThat(body(client)).startsWith("GET /" + i + " HTTP/1.1\r\n");
    }
    assertThat(one.connections() + two.connections()).isEqualTo(4);
    assertThat(engine.sessions()).hasSize(4);
    Session first = engine.sessions().getFirst();
    assertThat(first.closeReason()).isEqualTo(CloseReason.FINISHED);
    assertThat(first.sendCompleted()).isTrue();
    assertThat(engine.sessions().getLast().closeReason()).isNull();
    client.close();
    Session last = engine.sessions().getLast();
    Await.until("last session ended", () -> last.closeReason() != null);
    assertThat(last.closeReason()).isEqualTo(CloseReason.FINISHED);
    assertThat(last.sent()).isPositive();
    assertThat(last.received()).isGreaterThan(last.sent());
  }

  @Test
  void countsWhatGoesOverTheWire() {
    SmallEngine engine = engine();
    int[] seen = new int[1];
    ScriptedServer server =
        server(
            peer -> {
              seen[0] = peer.readHead().length();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              peer.readAll();
            });
    Client client = client(listen(engine));
    client.send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
    assertThat(body(client)).isEqualTo("ok");
    Session session = engine.sessions().getFirst();
    assertThat(session.sent()).isEqualTo(seen[0]);
    assertThat(session.received())
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".length());
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    ScriptedServer one = mirror();
    ScriptedServer two = mirror();
    Client client = client(listen(engine()));
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      all.append("POST ").append(url(i % 7 == 0 ? one : two, "/" + i));
      all.append(" HTTP/1.1\r\nContent-Length: 3\r\n\r\n").append(100 + i);
    }
    client.send(all.toString());
    for (int i = 0; i < 300; i++) {
      String seen = body(client);
      assertThat(seen).startsWith("POST /" + i + " HTTP/1.1\r\n").endsWith("\r\n\r\n" + (100 + i));
    }
  }

  @Test
  void byteByByte() {
    ScriptedServer mirror = mirror();
    Client client = client(listen(engine()));
    String request = "POST " + url(mirror, "/slow") + " HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
    for (byte b : (request + request).getBytes(US_ASCII)) {
      client.send(new byte[] {b});
    }
    assertThat(body(client)).startsWith("POST /slow").endsWith("\r\n\r\nbody");
    assertThat(body(client)).startsWith("POST /slow").endsWith("\r\n\r\nbody");
  }

  @Test
  void chunkedBodiesBothWays() {
    ScriptedServer server =
        server(
            peer -> {
              assertThat(peer.readHead()).contains("transfer-encoding: chunked\r\n");
              StringBuilder body = new StringBuilder();
              while (true) {
                String size = "";
                while (!size.endsWith("\r\n")) {
                  size += (char) peer.read(1)[0];
                }
                int length = Integer.parseInt(size.trim(), 16);
                if (length == 0) {
                  break;
                }
                body.append(new String(peer.read(length), UTF_8));
                peer.read(2);
              }
              assertThat(peer.readHead()).isEqualTo("X-Sum: 7\r\n\r\n");
              peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (char c : body.toString().toCharArray()) {
                peer.send("1;ext=1\r\n" + c + "\r\n");
              }
              peer.send("0\r\nX-End: yes\r\n\r\n");
              peer.readAll();
            });
    Client client = client(listen(engine()));
    client.send("PUT " + url(server, "/") + " HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n");
    client.send("5\r\nhello\r\n1;a=b\r\n \r\n5\r\nworld\r\n0\r\nX-Sum: 7\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n"))
        .contains("transfer-encoding: chunked")
        .doesNotContainIgnoringCase("Content-Length", "close");
    assertThat(dechunk(client)).isEqualTo("hello world");
    assertThat(client.readUntil("\r\n\r\n")).isEqualTo("X-End: yes\r\n\r\n");
  }

  private static String dechunk(Client client) {
    StringBuilder body = new StringBuilder();
    while (true) {
      int length = Integer.parseInt(client.readUntil("\r\n").trim(), 16);
      if (length == 0) {
        return body.toString();
      }
      body.append(client.readText(length));
      client.read(2);
    }
  }

  @Test
  void largeBodiesBothWaysInBoundedMemory() {
    long size = 64L << 20;
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              String sum = EchoServer.sha256(limited(peer.socket().getInputStream(), size));
              assertThat(sum).isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 5)));
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
              EchoServer.pattern(size, 6).transferTo(peer.socket().getOutputStream());
              peer.readAll();
            });
    Client client = client(listen(engine()));
    client.send("POST " + url(server, "/") + " HTTP/1.1\r\nContent-Length: " + size + "\r\n\r\n");
    try {
      EchoServer.pattern(size, 5).transferTo(client.socket().getOutputStream());
      client.readUntil("\r\n\r\n");
      assertThat(EchoServer.sha256(limited(client.socket().getInputStream(), size)))
          .isEqualTo(EchoServer.sha256(EchoServer.pattern(size, 6)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static InputStream limited(InputStream in, long size) {
    return new InputStream() {
      private long left = size;

      @Override
      public int read() throws IOException {
        return left-- > 0 ? in.read() : -1;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left <= 0) {
          return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        left -= Math.max(n, 0);
        return n;
      }
    };
  }

  @Test
  void aClientThatNeverReadsStopsTheServer() {
    SmallEngine engine = engine();
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 200 OK\r\n\r\n");
              EchoServer.pattern(1L << 30, 1).transferTo(peer.socket().getOutputStream());
            });
    Client client = client(listen(engine));
    client.send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
    Await.until(
        "bytes came",
        () -> !engine.sessions().isEmpty() && engine.sessions().getFirst().received() > 0);
    Session session = engine.sessions().getFirst();
    long[] before = {-1};
    Await.until(
        "the flow stands still",
        () -> {
          long now = session.received();
          boolean still = now == before[0];
          before[0] = now;
          if (!still) {
            try {
              Thread.sleep(300); // as long as nothing may move
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
          return still;
        });
    // What the kernel's socket buffers hold, and no more than that of ours.
    assertThat(session.received()).isLessThan(32L << 20);
    client.close();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.CLIENT_GONE);
  }

  @Test
  void continues() {
    ScriptedServer server =
        server(
            peer -> {
              assertThat(peer.readHead()).containsIgnoringCase("expect: 100-continue");
              peer.send("HTTP/1.1 100 Continue\r\n\r\n");
              byte[] body = peer.read(4);
              peer.send(
                  "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
              peer.send(body);
              peer.readAll();
            });
    Client client = client(listen(engine()));
    client.send(
        "POST "
            + url(server, "/")
            + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue\r\n");
    client.send("body");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 102 ");
    assertThat(body(client)).isEqualTo("body");
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
  void responsesWithoutABody(String method, int status) {
    ScriptedServer server =
        server(
            peer -> {
              while (true) {
                peer.readHead();
                peer.send("HTTP/1.1 " + status + " X\r\nContent-Length: 99\r\n\r\n");
                peer.readHead();
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              }
            });
    Client client = client(listen(engine()));
    for (int i = 0; i < 2; i++) {
      client.send(method + " " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 " + status + " X\r\n");
      client.send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      assertThat(body(client)).isEqualTo("ok");
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aBodyEndedByTheConnection() {
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
            });
    int port = listen(engine());
    Client client = client(port);
    for (int i = 0; i < 2; i++) {
      client.send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      assertThat(client.readUntil("\r\n\r\n")).contains("transfer-encoding: chunked");
      assertThat(dechunk(client)).isEqualTo("until the end");
      client.read(2);
    }
    Client old = client(port);
    old.send("GET " + url(server, "/") + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertThat(new String(old.readAll(), UTF_8))
        .contains("connection: close")
        .doesNotContain("chunked")
        .endsWith("\r\n\r\nuntil the end");
  }

  @Test
  void oldClients() {
    ScriptedServer mirror = mirror();
    int port = listen(engine());
    Client once = client(port).send("GET " + url(mirror, "/once") + " HTTP/1.0\r\n\r\n");
    assertThat(new String(once.readAll(), UTF_8)).contains("GET /once HTTP/1.1\r\n");
    Client kept = client(port);
    for (int i = 0; i < 3; i++) {
      kept.send("GET " + url(mirror, "/k") + " HTTP/1.0\r\nProxy-Connection: Keep-Alive\r\n\r\n");
      assertThat(body(kept)).startsWith("GET /k HTTP/1.1\r\n");
    }
  }

  @Test
  void closesWhenAskedTo() {
    ScriptedServer mirror = mirror();
    Client client = client(listen(engine()));
    client.send("GET " + url(mirror, "/") + " HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n")).contains("connection: close\r\n");
    client.readAll();
  }

  @Test
  void aHalfClosedClientIsStillAnswered() {
    ScriptedServer mirror = mirror();
    Client client = client(listen(engine()));
    client.send("GET " + url(mirror, "/half") + " HTTP/1.1\r\n\r\n").endOutput();
    assertThat(new String(client.readAll(), UTF_8)).contains("GET /half HTTP/1.1\r\n");
  }

  @Test
  void upgradesBecomeATunnel() {
    SmallEngine engine = engine();
    ScriptedServer server =
        server(
            peer -> {
              assertThat(peer.readHead())
                  .containsIgnoringCase("connection: upgrade\r\n")
                  .containsIgnoringCase("upgrade: websocket\r\n")
                  .contains("Sec-WebSocket-Key: k\r\n");
              peer.send(
                  "HTTP/1.1 101 Switching Protocols\r\n"
                      + "Upgrade: websocket\r\n"
                      + "Connection: Upgrade\r\n"
                      + "Sec-WebSocket-Accept: a\r\n\r\n"
                      + "frame");
              peer.send(peer.read(4));
              peer.readAll();
              peer.send("bye");
            });
    Client client = client(listen(engine));
    client.send(
        "GET "
            + url(server, "/ws")
            + " HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n"))
        .startsWith("HTTP/1.1 101 ")
        .containsIgnoringCase("upgrade: websocket");
    assertThat(client.readText(5)).isEqualTo("frame");
    assertThat(client.send("pong").readText(4)).isEqualTo("pong");
    client.endOutput();
    assertThat(new String(client.readAll(), UTF_8)).isEqualTo("bye");
    Session session = engine.sessions().getFirst();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.FINISHED);
  }

  @Test
  void aRefusedUpgradeIsAnOrdinaryAnswer() {
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
              peer.readAll();
            });
    Client client = client(listen(engine()));
    client.send(
        "GET " + url(server, "/ws") + " HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    assertThat(new String(client.readAll(), UTF_8))
        .startsWith("HTTP/1.1 426 ")
        .endsWith("\r\n\r\nno");
  }

  @Test
  void asksAgainWhenAKeptConnectionWasGone() {
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
              peer.readHead(); // the second request, unanswered
            });
    Client client = client(listen(engine()));
    for (int i = 0; i < 4; i++) {
      client.send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      assertThat(body(client)).isEqualTo("ok");
    }
    client.send("POST " + url(server, "/") + " HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
    assertThat(new String(client.readAll(), UTF_8))
        .startsWith("HTTP/1.1 502 ")
        .contains("closed the connection without an answer");
  }

  @Test
  void aBrokenResponseIsNotTakenForAWholeOne() {
    int port = listen(engine());
    for (String response :
        List.of(
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncut\r\n")) {
      ScriptedServer server =
          server(
              peer -> {
                peer.readHead();
                peer.send(response);
              });
      Client client = client(port).send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      client.readUntil("\r\n\r\n");
      String rest;
      try {
        rest = new String(client.socket().getInputStream().readAllBytes(), UTF_8);
      } catch (IOException reset) {
        continue;
      }
      assertThat(rest).doesNotContain("0\r\n\r\n");
    }
    for (String garbage :
        List.of(
            "\r\n\r\n\0\0\0",
            "SSH-2.0-OpenSSH_9\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n")) {
      ScriptedServer server =
          server(
              peer -> {
                peer.readHead();
                peer.send(garbage);
              });
      Client client = client(port).send("GET " + url(server, "/") + " HTTP/1.1\r\n\r\n");
      assertThat(new String(client.readAll(), UTF_8)).as(garbage).startsWith("HTTP/1.1 502 ");
    }
  }

  // -- bad clients -------------------------------------------------------------------------------

  static List<Arguments> badRequests() {
    String post = "POST http://a/ HTTP/1.1\r\n";
    return List.of(
        arguments("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "whole http:// URL"),
        arguments("GET https://a/ HTTP/1.1\r\n\r\n", 501, "CONNECT"),
        arguments("GET http://a/ HTTP/2.0\r\n\r\n", 505, "HTTP/1.1"),
        arguments("CONNECT a HTTP/1.1\r\n\r\n", 400, "port"),
        arguments("CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 400, "body"),
        arguments(post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, ""),
        arguments(post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, ""),
        arguments(post + "Content-Length: -1\r\n\r\n", 400, ""),
        arguments(post + "Content-Length: +1\r\n\r\nx", 400, ""),
        arguments(post + "Content-Length: 0x1\r\n\r\nx", 400, ""),
        arguments(post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501, "chunked"),
        arguments(post + "Transfer-Encoding: xchunked\r\n\r\n", 400, ""),
        arguments("POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP"),
        arguments("GET http://a/ HTTP/1.1\r\nBad Header: x\r\n\r\n", 400, "HTTP"),
        arguments("GET http://a/ HTTP/1.1\r\nX: a\0b\r\n\r\n", 400, "HTTP"),
        arguments("hello\r\n\r\n", 400, "HTTP"));
  }

  @ParameterizedTest
  @MethodSource("badRequests")
  void refusesWhatItCannotForward(String request, int status, String says) {
    SmallEngine engine = engine();
    Client client = client(listen(engine)).send(request);
    String reply = new String(client.readAll(), UTF_8);
    assertThat(reply).startsWith("HTTP/1.1 " + status + " ").contains(says, "Connection: close");
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void aHugeHeaderIsRefusedEarly() {
    int port = listen(engine());
    Client fields = client(port).send("GET http://a/ HTTP/1.1\r\n");
    String reply = flood(fields, "X-Long: " + "x".repeat(1000) + "\r\n");
    assertThat(reply).startsWith("HTTP/1.1 431 ");
    Client oneField = client(port).send("GET http://a/ HTTP/1.1\r\nX: ");
    assertThat(flood(oneField, "y".repeat(1000))).startsWith("HTTP/1.1 431 ");
    Client line = client(port).send("GET http://a/");
    assertThat(flood(line, "z".repeat(1000))).startsWith("HTTP/1.1 414 ");
  }

  /** Sends a mebibyte, or as much as is taken, and answers what came back. */
  private static String flood(Client client, String piece) {
    byte[] bytes = piece.getBytes(US_ASCII);
    try {
      for (int sent = 0; sent < 1 << 20; sent += bytes.length) {
        client.socket().getOutputStream().write(bytes);
      }
    } catch (IOException e) {
      // closed meanwhile; the reply is still there
    }
    return client.readUntil("\r\n\r\n");
  }

  @Test
  void closesOnGarbage() {
    SmallEngine engine = engine();
    int port = listen(engine);
    Seeds.forEach(
        60,
        random -> {
          try (Client client = new Client(port)) {
            client.send(Seeds.bytes(random, 1 + random.nextInt(2_000))).endOutput();
            String reply = new String(client.readAll(), UTF_8);
            assertThat(reply).matches("(?s)(HTTP/1\\.1 [45].*)?");
          }
        });
    assertThat(engine.sessions()).isEmpty();
  }

  @Test
  void malformedChunksNeverLookWhole() {
    SmallEngine engine = engine();
    ScriptedServer server =
        server(
            peer -> {
              peer.readHead();
              assertThat(new String(peer.readAll(), UTF_8)).doesNotContain("0\r\n\r\n");
            });
    Client client = client(listen(engine));
    client.send(
        "POST "
            + url(server, "/")
            + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\nzz\r\n");
    assertThat(new String(client.readAll(), UTF_8)).startsWith("HTTP/1.1 400 ").contains("chunks");
    Session session = engine.sessions().getFirst();
    Await.until("session ended", () -> session.closeReason() != null);
    assertThat(session.closeReason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
  }

  @Test
  void closesClientsThatTakeTooLong() {
    SmallEngine engine =
        engine().with(EngineOptions.INBOUND_ACCEPT_TIMEOUT, Duration.ofMillis(200));
    int port = listen(engine);
    ScriptedServer mirror = mirror();
    assertThat(client(port).ends()).isTrue();
    assertThat(client(port).send("GET http://a").ends()).isTrue();
    Client idle = client(port).send("GET " + url(mirror, "/") + " HTTP/1.1\r\n\r\n");
    body(idle);
    assertThat(idle.ends()).isTrue();
  }

  // -- logins ------------------------------------------------------------------------------------

  private static String authorization(String pair) {
    return "Proxy-Authorization: basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8))
        + "\r\n";
  }

  @Test
  void asksForALogin() {
    SmallEngine engine = engine();
    ScriptedServer mirror = mirror();
    int port = listen(engine, USERS);
    Client client = client(port);
    String get = "GET " + url(mirror, "/") + " HTTP/1.1\r\n";
    client.send(get + "\r\n");
    assertThat(client.readUntil("\r\n\r\n"))
        .startsWith("HTTP/1.1 407 ")
        .containsIgnoringCase("proxy-authenticate: Basic realm=");
    client.readUntil("\n");
    client.send(get + authorization("ann:wrong") + "\r\n");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 407 ");
    client.readUntil("\n");
    client.send(get + "Proxy-Authorization: Basic %%%\r\n\r\n");
    assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 407 ");
    client.readUntil("\n");
    assertThat(engine.sessions()).isEmpty();
    client.send(get + authorization("ann:se:cret") + "\r\n");
    assertThat(body(client)).doesNotContainIgnoringCase("authorization");
    assertThat(engine.sessions().getFirst().userId()).isEqualTo("a");

    String connect = "CONNECT 127.0.0.1:" + mirror.port() + " HTTP/1.1\r\n";
    Client refused = client(port).send(connect + "\r\nbehind it");
    assertThat(new String(refused.readAll(), UTF_8)).startsWith("HTTP/1.1 407 ");
    Client granted = client(port).send(connect + authorization("ann:se:cret") + "\r\n");
    assertThat(granted.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    assertThat(engine.sessions().getLast().userId()).isEqualTo("a");
  }

  // -- real clients ------------------------------------------------------------------------------

  @Test
  void servesCurl() throws Exception {
    String curl = PeerProgram.require("curl").toString();
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] sent = exchange.getRequestBody().readAllBytes();
          byte[] body = (exchange.getRequestURI() + " " + sent.length).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, sent.length > 0 ? 0 : body.length);
          new ByteArrayInputStream(body).transferTo(exchange.getResponseBody());
          exchange.close();
        });
    web.start();
    closing(() -> web.stop(0));
    String url = "http://127.0.0.1:" + web.getAddress().getPort() + "/page";
    SmallEngine engine = engine();
    String proxy = "http://127.0.0.1:" + listen(engine);
    String login = "http://ann:se%3Acret@127.0.0.1:" + listen(engine, USERS);
    String big = "x".repeat(50_000);
    assertThat(run(curl, "-sS", "-m", "10", "-x", proxy, url)).isEqualTo("0 /page 0");
    assertThat(run(curl, "-sS", "-m", "10", "-x", proxy, url + "?1", url + "?2"))
        .isEqualTo("0 /page?1 0/page?2 0");
    assertThat(run(curl, "-sS", "-m", "10", "-p", "-x", proxy, url)).isEqualTo("0 /page 0");
    assertThat(run(curl, "-sS", "-m", "10", "-x", proxy, "-d", big, url))
        .isEqualTo("0 /page 50000");
    assertThat(
            run(
                curl,
                "-sS",
                "-m",
                "10",
                "-x",
                proxy,
                "-H",
                "Transfer-Encoding: chunked",
                "-d",
                big,
                url))
        .isEqualTo("0 /page 50000");
    assertThat(run(curl, "-sS", "-0", "-m", "10", "-x", proxy, url)).isEqualTo("0 /page 0");
    assertThat(run(curl, "-sS", "-m", "10", "-x", login, url)).isEqualTo("0 /page 0");
    assertThat(run(curl, "-sS", "-m", "10", "-p", "-x", login, url)).isEqualTo("0 /page 0");
    assertThat(run(curl, "-sS", "-m", "10", "--proxy-anyauth", "-x", login, url))
        .isEqualTo("0 /page 0");
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + output;
  }

  @Test
  void servesTheJdksClient() throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] sent = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, sent.length == 0 ? -1 : sent.length);
          exchange.getResponseBody().write(sent);
          exchange.close();
        });
    web.start();
    closing(() -> web.stop(0));
    int port = listen(engine());
    try (var http =
        HttpClient.newBuilder()
            .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", port)))
            .build()) {
      for (int i = 0; i < 20; i++) {
        byte[] body = Seeds.bytes(new Random(i), i * 5_000);
        var response =
            http.send(
                HttpRequest.newBuilder()
                    .uri(URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/" + i))
                    .POST(
                        i % 2 == 0
                            ? HttpRequest.BodyPublishers.ofByteArray(body)
                            : HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(body)))
                    .timeout(Duration.ofSeconds(10))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(body);
      }
    }
  }
}
