package com.github.shiroedev2024.leaf.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.api.http.Limits;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.Replies.Health;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ApiServerTest {
  private static final String LIST = "/api/v1/app/outbound/list";

  private static ApiServer server(String host, int port) throws Exception {
    return new ApiServer(
        new FakeControl(), new InetSocketAddress(InetAddress.getByName(host), port), List.of());
  }

  @Test
  void listensOnLoopbackOnly() {
    for (String host : List.of("0.0.0.0", "::", "192.0.2.1", "2001:db8::1")) {
      assertThatThrownBy(() -> server(host, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must listen on a loopback address")
          .hasMessageContaining("no authentication");
    }
    assertThatThrownBy(
            () ->
                new ApiServer(
                    new FakeControl(),
                    InetSocketAddress.createUnresolved("localhost", 0),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTakenPortIsABindException() throws Exception {
    try (TestServer first = new TestServer()) {
      ApiServer second = server("127.0.0.1", first.port);
      assertThatThrownBy(() -> second.start().get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseInstanceOf(BindException.class);
      second.stop().get(20, TimeUnit.SECONDS);
      assertThat(first.get(LIST).status()).isEqualTo(200);
    }
  }

  @Test
  void stopsOnceAndFreesThePort() throws Exception {
    TestServer server = new TestServer();
    try (RawHttp idle = server.connect()) {
      assertThat(idle.get(LIST).status()).isEqualTo(200);
      server.close();
      server.close();
      assertThat(idle.isClosed()).isTrue();
    }
    assertThatThrownBy(() -> server.get(LIST)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> server.server.start()).isInstanceOf(IllegalStateException.class);
    ApiServer next = server("127.0.0.1", server.port);
    assertThat(next.start().get(20, TimeUnit.SECONDS)).isEqualTo(server.port);
    next.stop().get(20, TimeUnit.SECONDS);
  }

  @Test
  void lettingCallsInFlightFinish() throws Exception {
    FakeControl control = new FakeControl();
    CompletableFuture<Health> health = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    control.health =
        tag -> {
          asked.complete(null);
          return health;
        };
    TestServer server = new TestServer(control, Limits.DEFAULT);
    try (RawHttp http = server.connect()) {
      http.send(RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health"));
      asked.get(20, TimeUnit.SECONDS);
      CompletableFuture<Void> stopped = server.server.stop();
      health.complete(new Health("OUT", 1.0, null));
      assertThat(http.read().status()).isEqualTo(200);
      stopped.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aCallThatNeverEndsDoesNotHoldUpTheStop() throws Exception {
    FakeControl control = new FakeControl();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    control.health =
        tag -> {
          asked.complete(null);
          return new CompletableFuture<>();
        };
    TestServer server = new TestServer(control, Limits.DEFAULT);
    try (RawHttp http = server.connect()) {
      http.send(RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health"));
      asked.get(20, TimeUnit.SECONDS);
      server.close();
      assertThat(http.isClosed()).isTrue();
    }
  }

  @Test
  void aClientThatNeverReadsDoesNotHoldUpTheStop() throws Exception {
    FakeControl control = new FakeControl();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    control.active.addAll(
        Collections.nCopies(9000, FakeControl.connection(1, "x".repeat(2000), "OUT")));
    control.health =
        tag -> {
          asked.complete(null);
          return CompletableFuture.completedFuture(new Health(tag, null, null));
        };
    TestServer server = new TestServer(control, Limits.DEFAULT);
    try (RawHttp slow = server.connect()) {
      slow.send(
          RawHttp.request("GET", "/api/v1/runtime/outbound/OUT/health")
              + RawHttp.request("GET", "/api/v1/runtime/stat/json"));
      asked.get(20, TimeUnit.SECONDS);
      while (slow.socket.getInputStream().available() < 100_000) {
        Thread.onSpinWait();
      }
      server.close();
    }
    assertThatThrownBy(() -> server.get(LIST)).isInstanceOf(ConnectException.class);
  }

  @Test
  void shutdownIsToldToTheRuntimeAfterTheAnswer() throws Exception {
    try (TestServer server = new TestServer()) {
      assertThat(server.post("/api/v1/runtime/shutdown").status()).isEqualTo(200);
      server.control.shutdown.get(20, TimeUnit.SECONDS);
      assertThat(server.get(LIST).status()).isEqualTo(503);
    }
  }

  @Test
  void aRuntimeThatStopsItsServerInShutdownStillAnswers() throws Exception {
    for (int i = 0; i < 20; i++) {
      FakeControl control = new FakeControl();
      TestServer server = new TestServer(control, Limits.DEFAULT);
      control.shutdown.thenRun(() -> server.server.stop());
      assertThat(server.post("/api/v1/runtime/shutdown").body()).isEqualTo("{}");
      server.close();
    }
  }

  @Test
  void unexpectedFailuresAreToldAndLogged() throws Exception {
    FakeControl control = new FakeControl();
    control.reloadFails = new IllegalArgumentException("odd");
    control.health = tag -> CompletableFuture.failedFuture(new AssertionError("odder"));
    try (TestServer server = new TestServer(control, Limits.DEFAULT)) {
      RawHttp.Reply reply = server.post("/api/v1/runtime/reload");
      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.body()).isEqualTo("internal error: java.lang.IllegalArgumentException: odd");
      reply = server.get("/api/v1/runtime/outbound/OUT/health");
      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.body()).contains("odder");
      assertThat(control.logged)
          .containsExactly(
              "leaf.api internal error: java.lang.IllegalArgumentException: odd",
              "leaf.api " + reply.body());
      control.reloadFails =
          new ControlException(ControlException.Kind.UNAVAILABLE, "a reload is under way");
      assertThat(server.post("/api/v1/runtime/reload").status()).isEqualTo(503);
    }
  }

  @Test
  void allowedOriginsChangeWhileItRuns() throws Exception {
    try (TestServer server = new TestServer()) {
      assertThat(server.get(LIST, "Origin: https://new.example").status()).isEqualTo(403);
      server.server.allowedOrigins(List.of("https://New.example/"));
      assertThat(server.get(LIST, "Origin: https://new.example").status()).isEqualTo(200);
      assertThat(server.get(LIST, "Origin: " + TestServer.ALLOWED_ORIGIN).status()).isEqualTo(403);
    }
  }
}
