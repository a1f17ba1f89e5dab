package com.github.shiroedev2024.leaf.sdk.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.github.shiroedev2024.leaf.sdk.RuntimeApi;
import com.github.shiroedev2024.leaf.sdk.model.OutboundInfo;
import com.github.shiroedev2024.leaf.sdk.model.Stat;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
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

  /** A client without a deadline of its own would hang at a server that trickles. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

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

  /** What the kit calls this client, such as {@code java-desktop}. */
  protected abstract String name();

  /** A client with this response timeout. */
  protected abstract RuntimeApi client(String baseUrl, Duration timeout);

  private RuntimeApi client(String baseUrl) {
    return client(baseUrl, PATIENCE);
  }

  @TestFactory
  Stream<DynamicTest> casesOfTheKit() throws IOException {
    return BadServerCases.all().stream()
        .map(
            cases ->
                DynamicTest.dynamicTest(
                    cases.name(),
                    () ->
                        assertTimeoutPreemptively(
                            LONGEST,
                            () ->
                                assertThat(cases.differences(name(), this::driver))
                                    .as("differences")
                                    .isEmpty())));
  }

  private BadServerCases.Driver driver(String baseUrl, Duration timeout) {
    RuntimeApi api = client(baseUrl, timeout);
    return new BadServerCases.Driver() {
      @Override
      public JsonObject take(JsonArray step) {
        return ContractDriver.result(api, step);
      }

      @Override
      public void close() {
        api.close();
      }
    };
  }

  @Test
  void gettersAnswerTheFields() throws IOException {
    try (BadServer server = new BadServer(BadAnswer.json("[" + STAT + "]"));
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
    try (BadServer server = new BadServer(BadAnswer.json(reply));
        RuntimeApi api = client(server.url())) {
      OutboundInfo info = api.getSelectOutboundItems("OUT").getOutbounds().get(0);
      assertThat(info.isSelected()).isTrue();
      info.setSelected(false);
      assertThat(info.isSelected()).isFalse();
    }
  }

  @Test
  void oneClientServesManyThreads() throws Exception {
    String reply = "{\"tag\":\"a\",\"tcp_ms\":1.5,\"udp_ms\":null}";
    ExecutorService threads = Executors.newFixedThreadPool(24);
    try (BadServer server = new BadServer(BadAnswer.json(reply));
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
    try (BadServer server = new BadServer(BadAnswer.json("{}"))) {
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
