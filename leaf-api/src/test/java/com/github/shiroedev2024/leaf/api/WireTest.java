package com.github.shiroedev2024.leaf.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.http.Limits;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The wire itself: odd bytes, many requests, large answers, slow clients, limits. */
class WireTest {
  private static final String LIST = "/api/v1/app/outbound/list";
  private static final String STAT = "/api/v1/runtime/stat/json";

  private static Limits limits(int connections, int calls, Duration idle) {
    return new Limits(connections, calls, 1000, 8192, idle);
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    FakeControl control = new FakeControl();
    Map<String, CompletableFuture<Health>> waiting = new ConcurrentHashMap<>();
    control.health = tag -> waiting.computeIfAbsent(tag, t -> new CompletableFuture<>());
    try (TestServer server = new TestServer(control, Limits.DEFAULT);
        RawHttp http = server.connect()) {
      StringBuilder all = new StringBuilder();
      all.append(RawHttp.request("GET", "/api/v1/runtime/outbound/us-ams-1/health"));
      for (int i = 0; i < 50; i++) {
        all.append(RawHttp.request("GET", "/api/v1/runtime/logs/json?limit=1&offset=" + i % 5));
        all.append(RawHttp.request("POST", "/nothing" + i, "Content-Length: 3")).append("abc");
      }
      http.send(all.toString());
      while (!waiting.containsKey("us-ams-1")) {
        Thread.onSpinWait();
      }
      waiting.get("us-ams-1").complete(new Health("us-ams-1", 1.0, 2.0));
      assertThat(http.read().body())
          .isEqualTo("{\"tag\":\"us-ams-1\",\"tcp_ms\":1.0,\"udp_ms\":2.0}");
      for (int i = 0; i < 50; i++) {
        assertThat(http.read().body()).contains("message " + i % 5);
        RawHttp.Reply missing = http.read();
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("no such path: /nothing" + i);
      }
    }
  }

  @Test
  void requestsMayComeByteByByte() throws Exception {
    try (TestServer server = new TestServer();
        RawHttp http = server.connect()) {
      for (char c : RawHttp.request("GET", LIST).toCharArray()) {
        http.send(String.valueOf(c));
      }
      assertThat(http.read().status()).isEqualTo(200);
    }
  }

  @Test
  void hundredsOfProbesAtOnceAreAllAnswered() throws Exception {
    FakeControl control = new FakeControl();
    List<CompletableFuture<Health>> waiting = new ArrayList<>();
    control.health =
        tag -> {
          CompletableFuture<Health> health = new CompletableFuture<>();
          synchronized (waiting) {
            waiting.add(health);
          }
          return health;
        };
    int clients = 300;
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      List<RawHttp> all = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        all.add(
            server.connect().send(RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health")));
      }
      while (true) {
        synchronized (waiting) {
          if (waiting.size() == clients) {
            break;
          }
        }
        Thread.onSpinWait();
      }
      assertThat(server.get(LIST).status()).as("others go on").isEqualTo(200);
      synchronized (waiting) {
        waiting.forEach(health -> health.complete(new Health("OUT", 3.5, null)));
      }
      for (RawHttp http : all) {
        assertThat(http.read().body())
            .isEqualTo("{\"tag\":\"OUT\",\"tcp_ms\":3.5,\"udp_ms\":null}");
        http.close();
      }
    }
  }

  @Test
  void tooManyCallsAtOnceAreRefusedEvenWhenTheirClientsLeave() throws Exception {
    FakeControl control = new FakeControl();
    CompletableFuture<Health> health = new CompletableFuture<>();
    List<String> asked = new java.util.concurrent.CopyOnWriteArrayList<>();
    control.health =
        tag -> {
          asked.add(tag);
          return health;
        };
    try (TestServer server = new TestServer(control, limits(100, 3, Duration.ofSeconds(60)))) {
      for (int i = 0; i < 3; i++) {
        try (RawHttp http = server.connect()) {
          http.send(RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health"));
          while (asked.size() <= i) {
            Thread.onSpinWait();
          }
        }
      }
      RawHttp.Reply refused = server.get(LIST);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("too many calls at once; at most 3");
      health.complete(new Health("OUT", null, null));
      while (server.get(LIST).status() != 200) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aLongListIsStreamedWholeInChunks() throws Exception {
    FakeControl control = new FakeControl();
    control.active.clear();
    List<com.github.shiroedev2024.leaf.runtime.control.Replies.Connection> many = new ArrayList<>();
    for (int i = 0; i < 9000; i++) {
      many.add(FakeControl.connection(i, "主机-" + i + ".example:443", "🍃"));
    }
    control.active.addAll(many);
    try (TestServer server = new TestServer(control, Limits.DEFAULT);
        RawHttp http = server.connect()) {
      RawHttp.Reply reply = http.get(STAT);
      assertThat(reply.header("Transfer-Encoding")).isEqualTo("chunked");
      JsonArray all = JsonParser.parseString(reply.body()).getAsJsonArray();
      assertThat(all).hasSize(9000);
      for (int i = 0; i < 9000; i++) {
        assertThat(all.get(i).getAsJsonObject().get("destination").getAsString())
            .isEqualTo("主机-" + i + ".example:443");
      }
      RawHttp.Reply head = http.send(RawHttp.request("HEAD", STAT)).read(false);
      assertThat(head.header("Content-Length"))
          .isEqualTo("" + reply.body().getBytes(StandardCharsets.UTF_8).length);
      assertThat(http.get(LIST).status()).isEqualTo(200);
    }
  }

  @Test
  void aSlowReaderHoldsUpNobodyAndIsCutOff() throws Exception {
    FakeControl control = new FakeControl();
    control.active.addAll(
        Collections.nCopies(9000, FakeControl.connection(1, "x".repeat(2000), "OUT")));
    try (TestServer server = new TestServer(control, limits(100, 100, Duration.ofSeconds(2)));
        RawHttp slow = server.connect()) {
      slow.send(RawHttp.request("GET", STAT));
      assertThat(server.get(LIST).status()).isEqualTo(200);
      // It takes some of the answer only; the server gives it up and the rest never comes.
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
      while (!isReset(slow) && System.nanoTime() < deadline) {
        assertThat(server.get(LIST).status()).isEqualTo(200);
      }
      assertThat(isReset(slow)).isTrue();
    }
  }

  /** Whether the peer has closed, found out by writing to it. */
  private static boolean isReset(RawHttp http) {
    try {
      http.send("\r\n");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void idleConnectionsAndHalfRequestsAreClosed() throws Exception {
    try (TestServer server =
            new TestServer(new FakeControl(), limits(100, 100, Duration.ofMillis(500)));
        RawHttp silent = server.connect();
        RawHttp half = server.connect();
        RawHttp body = server.connect();
        RawHttp used = server.connect()) {
      half.send("GET " + LIST + " HTTP/1.1\r\nHost: ");
      body.send(RawHttp.request("POST", "/api/v1/runtime/logs/clear", "Content-Length: 5") + "ab");
      assertThat(used.get(LIST).status()).isEqualTo(200);
      assertThat(silent.isClosed()).isTrue();
      assertThat(half.isClosed()).isTrue();
      assertThat(body.isClosed()).isTrue();
      assertThat(used.isClosed()).isTrue();
    }
  }

  @Test
  void waitingForAnAnswerIsNotIdle() throws Exception {
    FakeControl control = new FakeControl();
    CompletableFuture<Health> health = new CompletableFuture<>();
    control.health = tag -> health;
    try (TestServer server = new TestServer(control, limits(100, 100, Duration.ofMillis(200)));
        RawHttp waiting = server.connect();
        RawHttp silent = server.connect()) {
      waiting.send(RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health"));
      assertThat(silent.isClosed()).isTrue();
      try (RawHttp later = server.connect()) {
        assertThat(later.isClosed()).isTrue();
      }
      health.complete(new Health("OUT", null, null));
      assertThat(waiting.read().status()).isEqualTo(200);
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    try (TestServer server =
        new TestServer(new FakeControl(), limits(5, 5, Duration.ofSeconds(60)))) {
      List<RawHttp> held = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        RawHttp http = server.connect();
        assertThat(http.get(LIST).status()).isEqualTo(200);
        held.add(http);
      }
      try (RawHttp excess = server.connect()) {
        assertThat(excess.isClosed()).isTrue();
      }
      held.removeFirst().close();
      boolean served = false;
      while (!served) {
        try {
          served = server.get(LIST).status() == 200;
        } catch (IOException e) {
          Thread.onSpinWait();
        }
      }
      for (RawHttp http : held) {
        assertThat(http.get(LIST).status()).isEqualTo(200);
        http.close();
      }
    }
  }

  @Test
  void oversizedRequestsAreRefused() throws Exception {
    try (TestServer server =
        new TestServer(new FakeControl(), limits(100, 100, Duration.ofSeconds(60)))) {
      check(server, RawHttp.request("GET", "/" + "x".repeat(9000)), 414);
      check(server, RawHttp.request("GET", LIST, "X: " + "y".repeat(9000)), 431);
      StringBuilder flood = new StringBuilder("GET " + LIST + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
      for (int i = 0; i < 2000; i++) {
        flood.append("X-").append(i).append(": 1\r\n");
      }
      check(server, flood + "\r\n", 431);
      String clear = "/api/v1/runtime/logs/clear";
      check(server, RawHttp.request("POST", clear, "Content-Length: 1001"), 413);
      check(
          server, RawHttp.request("POST", clear, "Content-Length: 99999999999999999999"), 413, 400);
      check(
          server,
          RawHttp.request("POST", clear, "Transfer-Encoding: chunked")
              + "400\r\n"
              + "z".repeat(1024)
              + "\r\n",
          413);
      assertThat(server.control.ring.page(1, 0).total()).as("nothing was cleared").isEqualTo(5);
    }
  }

  @Test
  void aMebibyteOfHeadersIsRefusedAndForgotten() throws Exception {
    try (TestServer server = new TestServer();
        RawHttp http = server.connect()) {
      try {
        http.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "x".repeat(1 << 20));
        assertThat(http.read().status()).isEqualTo(431);
      } catch (SocketException e) {
        // Closed before everything was taken: as good.
      }
      assertThat(server.get(LIST).status()).isEqualTo(200);
    }
  }

  @Test
  void malformedRequestsGetPlainText() throws Exception {
    try (TestServer server = new TestServer()) {
      check(server, "garbage\r\n\r\n", 400);
      check(server, "GET " + LIST + "\r\n\r\n", 400);
      check(server, "GET /a b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400);
      check(server, "GET " + LIST + " HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: 127.0.0.1\r\n\r\n", 400);
      check(server, "GET " + LIST + " HTTP/1.1\r\nHost: 127.0.0.1\r\nBad Name: 1\r\n\r\n", 400);
      check(
          server,
          "GET "
              + LIST
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: null\r\nOrigin: tauri://localhost\r\n\r\n",
          403);
      check(server, "GET " + LIST + " HTTP/1.0\r\n\r\n", 400);
      check(server, RawHttp.request("OPTIONS", "*"), 404, 400);
      check(server, RawHttp.request("CONNECT", "127.0.0.1:10001"), 404, 400);
      check(server, RawHttp.request("GET", "api/v1/app/outbound/list"), 404, 400);
      check(server, RawHttp.request("GET", "/%zz"), 404, 400);
      check(server, RawHttp.request("GET", "/../etc/passwd"), 404, 400);
      check(
          server,
          RawHttp.request(
              "POST", "/api/v1/runtime/logs/clear", "Content-Length: 1", "Content-Length: 2"),
          400);
      assertThat(
              server
                  .get(
                      LIST,
                      "Connection: Upgrade",
                      "Upgrade: websocket",
                      "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                  .status())
          .as("an upgrade that is not on offer is ignored")
          .isEqualTo(200);
    }
  }

  private static void check(TestServer server, String bytes, Integer... statuses)
      throws IOException {
    String what = bytes.substring(0, Math.min(100, bytes.length()));
    try (RawHttp http = server.connect()) {
      RawHttp.Reply reply = http.send(bytes).read();
      assertThat(reply.status()).as(what).isIn((Object[]) statuses);
      assertThat(reply.header("Content-Type")).as(what).isEqualTo("text/plain; charset=utf-8");
      assertThat(reply.header("Cache-Control")).as(what).isEqualTo("no-store");
      assertThat(reply.body()).as(what).isNotBlank();
    }
    assertThat(server.get(LIST).status()).as("after " + what).isEqualTo(200);
  }

  @Test
  void tagsMayBeSentAsRawBytes() throws Exception {
    try (TestServer server = new TestServer()) {
      byte[] utf8 = "日本".getBytes(StandardCharsets.UTF_8);
      String raw = new String(utf8, StandardCharsets.ISO_8859_1) + "%20/%20a+b%25%F0%9F%8D%83";
      assertThat(server.get("/api/v1/runtime/outbound/" + raw + "/health").body())
          .isEqualTo("{\"tag\":\"" + FakeControl.ODD_GROUP + "\",\"tcp_ms\":null,\"udp_ms\":null}");
      assertThat(server.get("/api/v1/app/outbound/select?outbound=" + raw).body())
          .isEqualTo("{\"selected\":\"direct\"}");
    }
  }

  @Test
  void randomBytesNeverBringItDown() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String alphabet =
        "GETPOST /%?&=+:;.\r\n\t HTTP/1.1Host127.0.0.1\u0000\u00ff\u0080outboundhealth";
    try (TestServer server = new TestServer()) {
      for (int run = 0; run < 300; run++) {
        StringBuilder bytes = new StringBuilder();
        if (random.nextBoolean()) {
          bytes.append("GET /api/v1/runtime/outbound/");
        }
        for (int i = random.nextInt(200); i > 0; i--) {
          bytes.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        if (random.nextBoolean()) {
          bytes.append("/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        }
        try (RawHttp http = server.connect()) {
          http.send(bytes.toString());
        }
      }
      assertThat(server.get(LIST).status()).as("seed " + seed).isEqualTo(200);
      assertThat(server.control.logged).as("seed " + seed).isEmpty();
    }
  }
}
