package com.github.shiroedev2024.leaf.sdk.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.sdk.LeafException;
import com.github.shiroedev2024.leaf.sdk.RuntimeApi;
import com.github.shiroedev2024.leaf.sdk.model.Log;
import com.github.shiroedev2024.leaf.sdk.model.OutboundHealthReply;
import com.github.shiroedev2024.leaf.sdk.model.OutboundInfo;
import com.github.shiroedev2024.leaf.sdk.model.Stat;
import com.github.shiroedev2024.leaf.sdk.model.UsageReply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls, replies and failures that are the same in every Java client. */
public abstract class RuntimeApiContract {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final String STAT =
      "{\"id\":7,\"network\":\"tcp\",\"inbound_tag\":\"socks\",\"forwarded_source\":null,"
          + "\"source\":\"127.0.0.1:4711\",\"destination\":\"example.org:443\","
          + "\"outbound_tag\":\"us-1\",\"outbound_chain\":[\"OUT\",\"US\"],\"bytes_sent\":5000000000,"
          + "\"bytes_recvd\":2,\"send_completed\":true,\"recv_completed\":false,"
          + "\"start_time\":1735689600,\"duration\":1.25,\"dns_sniffed_domain\":null,"
          + "\"tls_sniffed_domain\":\"example.org\",\"http_sniffed_domain\":null,\"user_id\":null,\"rule\":\"DOMAIN,"
          + " example.org, US\",\"process\":null,\"timings\":{\"dns_ms\":null,"
          + "\"connect_ms\":1.5,\"handshake_ms\":12.125,\"first_byte_ms\":40.2},"
          + "\"close_reason\":null}";

  /** A client with this response timeout. */
  protected abstract RuntimeApi client(String baseUrl, Duration timeout);

  private RuntimeApi client(String baseUrl) {
    return client(baseUrl, PATIENCE);
  }

  private interface Call {
    Object make(RuntimeApi api) throws IOException;
  }

  private interface Order {
    void give(RuntimeApi api) throws IOException;
  }

  private DynamicTest asks(String target, String reply, Call call) {
    return DynamicTest.dynamicTest(
        target,
        () -> {
          try (RecordingServer server = RecordingServer.json(reply);
              RuntimeApi api = client(server.url())) {
            String told = call.make(api).toString();
            assertThat(told.replace("}, {", "},{")).isEqualTo(reply);
            assertThat(server.requests()).containsExactly(target);
          }
        });
  }

  private DynamicTest orders(String target, int status, Order order) {
    return DynamicTest.dynamicTest(
        target,
        () -> {
          try (RecordingServer server = new RecordingServer(status, "text/plain", "");
              RuntimeApi api = client(server.url() + "/")) {
            order.give(api);
            assertThat(server.requests()).containsExactly(target);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> eachCallSendsItsRequestAndReadsItsReply() {
    String run = "/api/v1/runtime/";
    String app = "/api/v1/app/outbound/";
    return Stream.of(
        asks(
            "POST " + run + "reload",
            "{\"added\":[\"a\"],\"removed\":[],\"changed\":[\"b\",\"c\"],"
                + "\"kept_connections\":3,\"closed_connections\":1}",
            RuntimeApi::reload),
        asks(
            "GET " + run + "check_connectivity",
            "{\"tcp_ms\":128.7}",
            RuntimeApi::checkConnectivity),
        asks("GET " + run + "stat/json", "[" + STAT + "," + STAT + "]", RuntimeApi::getStats),
        asks("GET " + run + "stat/recent/json", "[]", RuntimeApi::getRecentStats),
        asks(
            "GET " + run + "usage/json?tag=OUT",
            "{\"bytes_sent\":12345678901,\"bytes_recvd\":0}",
            api -> api.getUsage("OUT")),
        asks(
            "GET " + run + "usage/json?userId=b831381d-6324-4d53-ad4f-8cda48b30811",
            "{\"bytes_sent\":1,\"bytes_recvd\":2}",
            api -> api.getUsageByUserId("b831381d-6324-4d53-ad4f-8cda48b30811")),
        asks(
            "GET " + run + "logs/json?limit=200&offset=40",
            "{\"messages\":[\"one\",\"zwei ü 😀\"],\"total\":42,\"next\":977}",
            api -> api.getLogs(200, 40)),
        asks(
            "GET " + app + "list",
            "{\"outbounds\":[{\"tag\":\"OUT\",\"type\":\"select\"},"
                + "{\"tag\":\"AUTO\",\"type\":\"failover\"}]}",
            RuntimeApi::getOutboundList),
        asks(
            "GET " + app + "selects?outbound=OUT",
            "{\"outbounds\":[{\"name\":\"us-1\",\"is_selected\":true,\"ping_ms\":42.1},"
                + "{\"name\":\"us-2\",\"is_selected\":false,\"ping_ms\":null}]}",
            api -> api.getSelectOutboundItems("OUT")),
        asks(
            "GET " + app + "select?outbound=OUT",
            "{\"selected\":\"us-1\"}",
            api -> api.getCurrentSelectOutboundItem("OUT")),
        asks(
            "GET " + app + "failover/status?outbound=AUTO",
            "{\"actors\":[{\"name\":\"us-1\",\"ping_ms\":42.1,\"is_selected\":true}]}",
            api -> api.getFailoverStatus("AUTO")),
        asks(
            "GET " + run + "outbound/us-1/health",
            "{\"tag\":\"us-1\",\"tcp_ms\":48.2,\"udp_ms\":null}",
            api -> api.getOutboundHealth("us-1")),
        asks(
            "GET " + run + "outbound/us-1/last_peer_active",
            "{\"tag\":\"us-1\",\"last_peer_active\":1735689600}",
            api -> api.getOutboundLastPeerActive("us-1")),
        asks(
            "GET " + run + "outbound/us-1/since_last_peer_active",
            "{\"tag\":\"us-1\",\"since_last_peer_active\":null}",
            api -> api.getOutboundSinceLastPeerActive("us-1")),
        asks(
            "GET " + app + "speedtest/status?outbound=S",
            "{\"actors\":[{\"name\":\"a\",\"bandwidth_bps\":1500000.5,\"is_selected\":false}]}",
            api -> api.getSpeedtestStatus("S")),
        asks(
            "GET " + app + "mptp/status?outbound=M",
            "{\"tag\":\"M\",\"actors\":[\"a\"],\"sessions\":[{\"id\":\"1\",\"established\":true,"
                + "\"send_space\":65536,\"sent_unacked\":0,\"links\":[{\"tag\":\"a\","
                + "\"direction\":\"both\",\"total_sent\":9,\"total_recved\":8,"
                + "\"roundtrip_ms\":31.5,\"is_working\":true}]}]}",
            api -> api.getMptpStatus("M")),
        orders("POST " + run + "shutdown", 200, RuntimeApi::shutdown),
        orders("POST " + run + "logs/clear", 200, RuntimeApi::clearLogs),
        orders(
            "POST " + app + "select?outbound=OUT&select=us-2",
            200,
            api -> api.setSelectOutboundItem("OUT", "us-2")),
        orders(
            "POST " + app + "failover/healthcheck?outbound=AUTO",
            200,
            api -> api.forceFailoverHealthCheck("AUTO")),
        orders(
            "POST " + app + "failover/healthcheck/all",
            202,
            RuntimeApi::forceFailoverHealthCheckAll));
  }

  @Test
  void gettersAnswerTheFields() throws IOException {
    try (RecordingServer server = RecordingServer.json("[" + STAT + "]");
        RuntimeApi api = client(server.url())) {
      Stat stat = api.getStats().get(0);
      assertThat(stat.getBytesSent()).isEqualTo(5_000_000_000L);
      assertThat(stat.getOutboundChain()).containsExactly("OUT", "US");
      assertThat(stat.isSendCompleted()).isTrue();
      assertThat(stat.isRecvCompleted()).isFalse();
      assertThat(stat.getTimings().getConnectMs()).isEqualTo(1.5);
      assertThat(stat.getTimings().getDnsMs()).isNull();
      assertThat(stat.getUserId()).isNull();
      assertThat(stat.getTlsSniffedDomain()).isEqualTo("example.org");
      assertThat(stat.getStartTime()).isEqualTo(1_735_689_600L);
      assertThat(stat.getDuration()).isEqualTo(1.25);
    }
  }

  @Test
  void anAppRepaintsItsOwnList() throws IOException {
    String reply = "{\"outbounds\":[{\"name\":\"a\",\"is_selected\":true,\"ping_ms\":null}]}";
    try (RecordingServer server = RecordingServer.json(reply);
        RuntimeApi api = client(server.url())) {
      OutboundInfo info = api.getSelectOutboundItems("OUT").getOutbounds().get(0);
      assertThat(info.isSelected()).isTrue();
      info.setSelected(false);
      assertThat(info.isSelected()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "us ams 1",
        "a/b",
        "100%",
        "%2F",
        "\uD83C\uDDFA\uD83C\uDDF8 New York \uD83D\uDE00",
        "日本",
        "a+b",
        "a&b=c?d#e;f",
        "x/health",
        "...",
        "~-_.",
        "\"'<>\\^`{|}",
        "a\tb"
      })
  void oddTagsArriveAsTheyAre(String tag) throws IOException {
    String reply = "{\"tag\":\"x\",\"tcp_ms\":1.0,\"udp_ms\":2.0}";
    try (RecordingServer server = RecordingServer.json(reply);
        RuntimeApi api = client(server.url())) {
      api.getOutboundHealth(tag);
      api.getUsage(tag);
      api.setSelectOutboundItem(tag, tag);
      assertThat(server.requests()).hasSize(3);
      String health = server.requests().get(0);
      String prefix = "GET /api/v1/runtime/outbound/";
      assertThat(health).startsWith(prefix).endsWith("/health");
      String sent = health.substring(prefix.length(), health.length() - "/health".length());
      assertThat(sent).doesNotContain("/").doesNotContain("+");
      assertThat(decoded(sent)).isEqualTo(tag);
      String usage = server.requests().get(1);
      assertThat(decoded(usage.substring(usage.indexOf("tag=") + 4))).isEqualTo(tag);
      String select = server.requests().get(2);
      String query = select.substring(select.indexOf('?') + 1);
      List<String> parts = List.of(query.split("&", -1));
      assertThat(parts).hasSize(2);
      assertThat(decoded(parts.get(0).substring("outbound=".length()))).isEqualTo(tag);
      assertThat(decoded(parts.get(1).substring("select=".length()))).isEqualTo(tag);
    }
  }

  /** The sent text has no plus sign, so this is plain percent-decoding. */
  private static String decoded(String sent) {
    assertThat(sent).doesNotContain("+");
    return URLDecoder.decode(sent, StandardCharsets.UTF_8);
  }

  @Test
  void aRefusalCarriesTheServersText() throws IOException {
    try (RecordingServer server =
            new RecordingServer(404, "text/plain; charset=utf-8", "unknown outbound 'us-ö'\n");
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(() -> api.getOutboundHealth("us-ö"))
          .isInstanceOfSatisfying(
              LeafException.class, e -> assertThat(e.getStatus()).isEqualTo(404))
          .hasMessage("unknown outbound 'us-ö'");
      assertThatThrownBy(() -> api.forceFailoverHealthCheck("us-ö"))
          .isInstanceOf(LeafException.class)
          .hasMessage("unknown outbound 'us-ö'");
    }
  }

  @Test
  void aRefusalWithoutTextSaysWhoAnsweredWhat() throws IOException {
    try (RecordingServer server = new RecordingServer(500, "text/plain", "");
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(api::reload)
          .isInstanceOf(LeafException.class)
          .hasMessage("reload: 127.0.0.1:" + server.port() + " answered HTTP 500");
    }
  }

  @Test
  void aServerThatIsDownIsNamedWithTheRemedy() throws IOException {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = taken.getLocalPort();
    }
    try (RuntimeApi api = client("http://127.0.0.1:" + port)) {
      assertThatThrownBy(api::getStats)
          .isInstanceOf(ConnectException.class)
          .hasMessage(
              "Leaf is not running on 127.0.0.1:"
                  + port
                  + " (connection refused); start it with 'leaf run'");
    }
  }

  @Test
  void aServerThatNeverAnswersTimesOutByTheCallsName() throws IOException {
    try (BadServer server = new BadServer(null);
        RuntimeApi api = client(server.url(), Duration.ofMillis(400))) {
      assertThatThrownBy(() -> api.getOutboundHealth("us-1"))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessageStartingWith("getOutboundHealth: 127.0.0.1:")
          .hasMessageEndingWith(" did not answer within 400 ms");
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html; charset=utf-8", "application/json"})
  void aPageOfHtmlIsNotLeaf(String contentType) throws IOException {
    String page = "<!DOCTYPE html>\n<html><title>Router login</title></html>";
    try (RecordingServer server = new RecordingServer(200, contentType, page);
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(api::getStats)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(LeafException.class)
          .hasMessageContaining("getStats: 127.0.0.1:" + server.port())
          .hasMessageContaining("HTML")
          .hasMessageContaining("Router login");
      assertThatThrownBy(api::shutdown).hasMessageContaining("HTML");
    }
    try (RecordingServer server = new RecordingServer(404, contentType, page);
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(api::getStats)
          .isInstanceOfSatisfying(
              LeafException.class, e -> assertThat(e.getStatus()).isEqualTo(404))
          .hasMessageContaining("HTML");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"bytes_sent\":12", "{\"bytes_sent\":12,", "{", "{\"bytes_"})
  void jsonThatEndsEarlyIsAnError(String body) throws IOException {
    try (RecordingServer server = RecordingServer.json(body);
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(() -> api.getUsage("OUT"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "getUsage: the answer of 127.0.0.1:"
                  + server.port()
                  + " ends before its JSON does; it begins '");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "[]", "12", "no json", "{\"bytes_sent\":\"x\"}", "{\"bytes_sent\":1} x"})
  void anotherJsonThanExpectedIsAnError(String body) throws IOException {
    try (RecordingServer server = RecordingServer.json(body);
        RuntimeApi api = client(server.url())) {
      assertThatThrownBy(() -> api.getUsage("OUT"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "getUsage: the answer of 127.0.0.1:"
                  + server.port()
                  + " is not the JSON expected; it begins '");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"byt",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"byt\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le"
      })
  void anAnswerThatBreaksOffIsAnErrorThatNamesTheCall(String bytes) throws IOException {
    try (BadServer server = new BadServer(bytes);
        RuntimeApi api = client(server.url(), Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> api.getUsage("OUT"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("getUsage: the exchange with 127.0.0.1:")
          .hasMessageContaining(" broke off: ");
    }
  }

  @Test
  void unknownFieldsAreIgnored() throws IOException {
    String reply =
        "{\"tag\":\"a\",\"quic_ms\":[1,{\"x\":null}],\"tcp_ms\":1.5,\"udp_ms\":null,\"more\":{}}";
    try (RecordingServer server = RecordingServer.json(reply);
        RuntimeApi api = client(server.url())) {
      OutboundHealthReply health = api.getOutboundHealth("a");
      assertThat(health.getTcpMs()).isEqualTo(1.5);
      assertThat(health.getUdpMs()).isNull();
    }
  }

  @Test
  void missingFieldsAreNull() throws IOException {
    try (RecordingServer server = RecordingServer.json("{}");
        RuntimeApi api = client(server.url())) {
      UsageReply usage = api.getUsage("OUT");
      assertThat(usage.getBytesSent()).isNull();
      assertThat(usage.getBytesRecvd()).isNull();
      Log log = api.getLogs(1, 0);
      assertThat(log.getMessages()).isNull();
      assertThat(log.getNext()).isNull();
      assertThat(api.getSelectOutboundItems("OUT").getOutbounds()).isNull();
      assertThat(api.checkConnectivity().getTcpMs()).isNull();
    }
    try (RecordingServer server = RecordingServer.json("[{}]");
        RuntimeApi api = client(server.url())) {
      assertThat(api.getStats().get(0).getTimings()).isNull();
      assertThat(api.getStats().get(0).isSendCompleted()).isFalse();
    }
  }

  @Test
  void aServerThatEndsEveryConnectionIsNoTrouble() throws IOException {
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n"
            + "{\"selected\":\"us-1\"}";
    try (BadServer server = new BadServer(answer);
        RuntimeApi api = client(server.url())) {
      for (int i = 0; i < 20; i++) {
        assertThat(api.getCurrentSelectOutboundItem("OUT").getSelected()).isEqualTo("us-1");
      }
    }
  }

  @Test
  void oneClientServesManyThreads() throws Exception {
    String reply = "{\"tag\":\"a\",\"tcp_ms\":1.5,\"udp_ms\":null}";
    ExecutorService threads = Executors.newFixedThreadPool(24);
    try (RecordingServer server = RecordingServer.json(reply);
        RuntimeApi api = client(server.url())) {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String tag = "node " + i;
        calls.add(() -> String.valueOf(api.getOutboundHealth(tag)));
      }
      for (Future<String> done : threads.invokeAll(calls)) {
        assertThat(done.get()).isEqualTo(reply);
      }
      assertThat(server.requests()).doesNotHaveDuplicates().hasSize(300);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aClosedClientSaysSo() throws IOException {
    try (RecordingServer server = RecordingServer.json("{}")) {
      RuntimeApi api = client(server.url());
      api.getUsage("OUT");
      api.close();
      api.close();
      assertThatThrownBy(() -> api.getUsage("OUT"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:10001",
        "https://127.0.0.1:10001",
        "http://",
        "http://127.0.0.1:70000",
        "http://127.0.0.1:0",
        "http://127.0.0.1:10001?x=y",
        "http://u:p@127.0.0.1:10001",
        "not a url"
      })
  void aWrongBaseUrlIsRefusedAtOnce(String url) {
    assertThatThrownBy(() -> client(url).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(url)
        .hasMessageContaining("http://127.0.0.1:10001");
  }
}
