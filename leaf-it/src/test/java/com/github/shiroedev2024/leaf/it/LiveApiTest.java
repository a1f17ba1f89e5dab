package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the endpoint table, success and failure, against a running runtime. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class LiveApiTest {
  private static final String USER = "11111111-2222-3333-4444-555555555555";
  private static final String ODD = "a/b %+\u00e9\ud83c\udf43";

  private EchoServer echo;
  private HttpServer probed;
  private Leaf leaf;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    echo = EchoServer.start(EchoServer.Mode.ECHO);
    probed = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    probed.createContext(
        "/generate_204",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    probed.start();
    leaf =
        Leaf.start(
            folder,
            """
            {"log": {"level": "info"},
             "health": {"url": "http://127.0.0.1:%d/generate_204", "dns": "127.0.0.1:9", "timeout": 2},
             "inbounds": [
               {"tag": "in", "protocol": "socks", "address": "127.0.0.1", "port": 0},
               {"tag": "web", "protocol": "http", "address": "127.0.0.1", "port": 0,
                "settings": {"users": [{"uuid": "%s", "username": "u", "password": "p"}]}}],
             "outbounds": [
               {"tag": "direct", "protocol": "direct"},
               {"tag": "dead", "protocol": "redirect", "settings": {"address": "127.0.0.1", "port": 1}},
               {"tag": "%s", "protocol": "direct"},
               {"tag": "AUTO", "protocol": "failover", "settings": {"actors": ["direct", "dead"], "failTimeout": 1}},
               {"tag": "OUT", "protocol": "select", "settings": {"actors": ["AUTO", "direct", "%s"]}}],
             "router": {"rules": [
               {"domain": ["blocked.example"], "target": "dead"},
               {"type": "FINAL", "target": "OUT"}]}}
            """
                .formatted(probed.getAddress().getPort(), USER, ODD, ODD));
  }

  @AfterAll
  void stop() {
    leaf.close();
    probed.stop(0);
    echo.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /api/v1/runtime/usage/json | 400 | tag",
        "GET | /api/v1/runtime/usage/json?tag=OUT&userId=x | 400 | userId",
        "GET | /api/v1/runtime/usage/json?tag=no+pe | 404 | no+pe",
        "GET | /api/v1/runtime/usage/json?userId=nobody | 404 | nobody",
        "GET | /api/v1/runtime/logs/json?limit=10001 | 400 | limit",
        "GET | /api/v1/runtime/logs/json?offset=x | 400 | offset",
        "GET | /api/v1/app/outbound/selects?outbound=nope | 404 | unknown outbound 'nope'",
        "GET | /api/v1/app/outbound/selects | 400 | outbound",
        "GET | /api/v1/app/outbound/select?outbound=nope | 404 | unknown outbound 'nope'",
        "GET | /api/v1/app/outbound/select?outbound=direct | 404 | direct",
        "POST | /api/v1/app/outbound/select?outbound=AUTO&select=direct | 404 | not a select group",
        "POST | /api/v1/app/outbound/select?outbound=OUT&select=dead | 404 | no member 'dead'",
        "POST | /api/v1/app/outbound/select?outbound=OUT | 400 | select",
        "GET | /api/v1/app/outbound/failover/status?outbound=OUT | 404 | not a failover group",
        "POST | /api/v1/app/outbound/failover/healthcheck?outbound=OUT | 404 | not a failover"
            + " group",
        "POST | /api/v1/app/outbound/failover/healthcheck?outbound=x | 404 | unknown outbound 'x'",
        "GET | /api/v1/runtime/outbound/nope/health | 404 | unknown outbound 'nope'",
        "GET | /api/v1/runtime/outbound/nope/last_peer_active | 404 | unknown outbound 'nope'",
        "GET | /api/v1/runtime/outbound/nope/since_last_peer_active | 404 | unknown outbound"
            + " 'nope'",
        "GET | /api/v1/app/outbound/speedtest/status?outbound=OUT | 404 | not a speedtest group",
        "GET | /api/v1/app/outbound/mptp/status?outbound=OUT | 404 | not a mptp group",
        "POST | /api/v1/runtime/stat/close?id=999999 | 404 | 999999",
        "POST | /api/v1/runtime/stat/close?id=x | 400 | id",
        "POST | /api/v1/runtime/stat/close?outbound=nope | 404 | unknown outbound 'nope'",
        "GET | /api/v1/runtime/route?destination=x&network=tcp | 400 | destination",
        "GET | /api/v1/runtime/route?destination=x:1&network=sctp | 400 | network",
        "GET | /api/v1/runtime/route?destination=x:+1 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=x:0 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=x:65536 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=:1 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=a%20b:1 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=2001:db8::1:443 | 400 | destination",
        "GET | /api/v1/runtime/route?destination=%5Bx%5D:443 | 400 | destination",
        "GET | /api/v1/nothing | 404 | /api/v1/nothing",
        "PUT | /api/v1/runtime/reload | 405 | PUT",
        "GET | /api/v1/runtime/reload | 405 | GET",
      })
  void failuresArePlainTextThatNamesTheThing(String method, String path, int status, String says) {
    HttpResponse<String> reply = leaf.call(method, path);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    assertThat(reply.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
    assertThat(reply.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(reply.body()).contains(says);
  }

  @ParameterizedTest
  @CsvSource({
    "Host: evil.example, 403",
    "Host: 127.0.0.1:10001\\r\\nOrigin: https://evil.example, 403",
    "Host: localhost\\r\\nSec-Fetch-Site: cross-site, 403",
    "Host: [::1]:1\\r\\nOrigin: http://localhost:3000, 200",
    "Host: 127.0.0.1\\r\\nOrigin: tauri://localhost, 200",
  })
  void pagesOfOthersMayNotCall(String headers, int status) throws Exception {
    String request =
        "GET /api/v1/app/outbound/list HTTP/1.1\r\n"
            + headers.replace("\\r\\n", "\r\n")
            + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", leaf.apiPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    }
  }

  private void exchange(Socket socket, int bytes) {
    try {
      socket.getOutputStream().write(new byte[bytes]);
      assertThat(socket.getInputStream().readNBytes(bytes)).hasSize(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject active(int port) {
    for (JsonElement one : leaf.get("/api/v1/runtime/stat/json").getAsJsonArray()) {
      JsonObject connection = one.getAsJsonObject();
      if (connection.get("source").getAsString().endsWith(":" + port)) {
        return connection;
      }
    }
    throw new AssertionError("no active connection from port " + port);
  }

  @Test
  void connectionIsShownWhileItLivesAndAfter() throws Exception {
    long id;
    try (Socket socket = leaf.connect("in", echo.address())) {
      exchange(socket, 321);
      JsonObject one = active(socket.getLocalPort());
      id = one.get("id").getAsLong();
      assertThat(one.keySet())
          .contains(
              "network",
              "inbound_tag",
              "forwarded_source",
              "source",
              "destination",
              "outbound_tag",
              "outbound_chain",
              "bytes_sent",
              "bytes_recvd",
              "send_completed",
              "recv_completed",
              "start_time",
              "duration",
              "dns_sniffed_domain",
              "tls_sniffed_domain",
              "http_sniffed_domain",
              "user_id",
              "rule",
              "process",
              "timings");
      assertThat(one.get("destination").getAsString()).isEqualTo("127.0.0.1:" + echo.port());
      assertThat(one.get("bytes_recvd").getAsLong()).isEqualTo(321);
      assertThat(leaf.call("GET", "/api/v1/runtime/stat/html").body())
          .contains("127.0.0.1:" + echo.port());
      leaf.post("/api/v1/runtime/stat/close?id=" + id);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    String wanted = "\"id\":" + id + ",";
    Await.until(
        "it is among the finished",
        () -> leaf.call("GET", "/api/v1/runtime/stat/recent/json").body().contains(wanted));
    assertThat(
            leaf.object("/api/v1/runtime/outbound/direct/last_peer_active")
                .get("last_peer_active")
                .getAsLong())
        .isPositive();
    assertThat(leaf.object("/api/v1/runtime/outbound/dead/since_last_peer_active").toString())
        .isEqualTo("{\"tag\":\"dead\",\"since_last_peer_active\":null}");
  }

  @Test
  void usersAreCountedApart() throws Exception {
    assertThat(
            leaf.object("/api/v1/runtime/usage/json?userId=" + USER).get("bytes_sent").getAsLong())
        .isZero();
    InetSocketAddress web = leaf.inbound("web");
    try (Socket socket = new Socket(web.getAddress(), web.getPort())) {
      String target = "127.0.0.1:" + echo.port();
      socket
          .getOutputStream()
          .write(
              ("CONNECT "
                      + target
                      + " HTTP/1.1\r\nHost: "
                      + target
                      + "\r\nProxy-Authorization: Basic dTpw\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) socket.getInputStream().read());
      }
      assertThat(head.toString()).startsWith("HTTP/1.1 200");
      exchange(socket, 50);
      assertThat(active(socket.getLocalPort()).get("user_id").getAsString()).isEqualTo(USER);
    }
    Await.until(
        "the user's bytes are counted",
        () ->
            leaf.object("/api/v1/runtime/usage/json?userId=" + USER)
                .toString()
                .equals("{\"bytes_sent\":50,\"bytes_recvd\":50}"));
  }

  @Test
  void groupsAreListedSwitchedAndChecked() {
    assertThat(leaf.get("/api/v1/app/outbound/list").toString())
        .isEqualTo(
            "{\"outbounds\":[{\"tag\":\"AUTO\",\"type\":\"failover\"},"
                + "{\"tag\":\"OUT\",\"type\":\"select\"}]}");
    String odd = Leaf.encode(ODD);
    leaf.post("/api/v1/app/outbound/select?outbound=OUT&select=" + odd);
    assertThat(
            leaf.object("/api/v1/app/outbound/select?outbound=OUT").get("selected").getAsString())
        .isEqualTo(ODD);
    JsonObject health = leaf.object("/api/v1/runtime/outbound/" + odd + "/health");
    assertThat(health.get("tag").getAsString()).isEqualTo(ODD);
    assertThat(health.get("tcp_ms").getAsDouble()).isPositive();
    assertThat(health.get("udp_ms").isJsonNull()).isTrue();
    leaf.post("/api/v1/app/outbound/select?outbound=OUT&select=AUTO");
    leaf.post("/api/v1/app/outbound/failover/healthcheck?outbound=AUTO");
    leaf.post("/api/v1/app/outbound/failover/healthcheck/all");
    Await.until(
        "the check has ended",
        () -> {
          JsonArray actors =
              leaf.object("/api/v1/app/outbound/failover/status?outbound=AUTO")
                  .getAsJsonArray("actors");
          JsonObject first = actors.get(0).getAsJsonObject();
          return first.get("name").getAsString().equals("direct")
              && !first.get("ping_ms").isJsonNull()
              && first.get("is_selected").getAsBoolean()
              && actors.get(1).getAsJsonObject().get("ping_ms").isJsonNull();
        });
    assertThat(leaf.object("/api/v1/runtime/check_connectivity").get("tcp_ms").getAsDouble())
        .isPositive();
  }

  @Test
  void failedConnectionTellsWhereItWentAndWhy() throws Exception {
    try (Socket socket =
        new Socket(new java.net.Proxy(java.net.Proxy.Type.SOCKS, leaf.inbound("in")))) {
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> socket.connect(InetSocketAddress.createUnresolved("blocked.example", 80)))
          .isInstanceOf(IOException.class);
    }
    Await.until(
        "it is among the finished",
        () ->
            leaf.call("GET", "/api/v1/runtime/stat/recent/json")
                .body()
                .contains("blocked.example:80"));
    for (JsonElement one : leaf.get("/api/v1/runtime/stat/recent/json").getAsJsonArray()) {
      JsonObject ended = one.getAsJsonObject();
      if (ended.get("destination").getAsString().equals("blocked.example:80")) {
        assertThat(ended.get("outbound_tag").getAsString()).isEqualTo("dead");
        assertThat(ended.get("close_reason").getAsString()).startsWith("connection refused");
      }
    }
  }

  @Test
  void routeTellsRuleAndChain() {
    JsonObject route =
        leaf.object("/api/v1/runtime/route?destination=BLOCKED.example:443&network=tcp");
    assertThat(route.get("outbound_tag").getAsString()).isEqualTo("dead");
    assertThat(route.get("rule").getAsString()).contains("blocked.example");
  }

  @Test
  void configurationIsTestedWithoutBeingApplied() {
    assertThat(leaf.post("/api/v1/runtime/config/test").get("problems").toString()).isEqualTo("[]");
    assertThat(leaf.post("/api/v1/runtime/reload").get("changed").toString()).isEqualTo("[]");
  }

  @Test
  void logsArePolledByPosition() throws Exception {
    leaf.post("/api/v1/runtime/logs/clear");
    try (Socket socket = leaf.connect("in", echo.address())) {
      exchange(socket, 1);
    }
    Await.until(
        "the session's line is there",
        () ->
            leaf.call("GET", "/api/v1/runtime/logs/json?limit=200&offset=0")
                .body()
                .contains("leaf.session"));
    JsonObject page =
        JsonParser.parseString(
                leaf.call("GET", "/api/v1/runtime/logs/json?limit=1&offset=0").body())
            .getAsJsonObject();
    assertThat(page.getAsJsonArray("messages")).hasSize(1);
    assertThat(page.getAsJsonArray("messages").get(0).getAsString())
        .matches("\\d{4}-.*Z [A-Z]+ leaf\\..*");
    assertThat(leaf.call("GET", "/api/v1/runtime/logs/html").statusCode()).isEqualTo(200);
  }
}
