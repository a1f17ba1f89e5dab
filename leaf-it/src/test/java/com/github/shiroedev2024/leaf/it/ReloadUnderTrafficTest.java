package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.google.gson.JsonObject;
import java.io.File;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads change what they say they change, and nothing that runs is lost. */
class ReloadUnderTrafficTest {
  private static final int CLIENTS = 50;
  private static final int REQUESTS = 200;
  private static final int SIZE = 700;

  @TempDir Path folder;

  private static String config(String extra) {
    return """
    {"inbounds": [{"tag": "in", "protocol": "socks", "address": "127.0.0.1", "port": 0}],
     "outbounds": [
       {"tag": "direct", "protocol": "direct"},
       {"tag": "OUT", "protocol": "select", "settings": {"actors": ["direct"]}}%s],
     "router": {"rules": [{"type": "FINAL", "target": "OUT"}]}}
    """
        .formatted(extra);
  }

  private static long descriptors() {
    return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
  }

  @Test
  void fiftyClientsNeverNoticeTenReloads() throws Exception {
    String other = ", {\"tag\": \"spare\", \"protocol\": \"drop\"}";
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, config(""));
        ExecutorService clients = Executors.newCachedThreadPool()) {
      try (Socket warm = leaf.connect("in", echo.address())) {
        warm.getOutputStream().write(1);
        assertThat(warm.getInputStream().read()).isEqualTo(1);
      }
      leaf.post("/api/v1/runtime/reload");
      Await.until(
          "nothing is open",
          () -> leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().isEmpty());
      long before = descriptors();
      AtomicInteger answered = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        running.add(
            clients.submit(
                () -> {
                  byte[] request = new byte[SIZE];
                  try (Socket kept = leaf.connect("in", echo.address())) {
                    for (int r = 0; r < REQUESTS; r++) {
                      if (r % 10 == 9) {
                        try (Socket fresh = leaf.connect("in", echo.address())) {
                          exchange(fresh, request);
                        }
                      } else {
                        exchange(kept, request);
                      }
                      answered.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (int r = 1; r <= 10; r++) {
        int enough = Math.min(r * CLIENTS * REQUESTS / 12, CLIENTS * REQUESTS);
        Await.until("requests go on", () -> answered.get() >= enough || failed(running));
        leaf.rewrite(config(r % 2 == 1 ? other : ""));
        JsonObject change = leaf.post("/api/v1/runtime/reload");
        assertThat(change.get(r % 2 == 1 ? "added" : "removed").toString())
            .isEqualTo("[\"spare\"]");
        assertThat(change.get("closed_connections").getAsInt()).isZero();
      }
      for (Future<?> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
      assertThat(answered.get()).isEqualTo(CLIENTS * REQUESTS);
      Await.until(
          "nothing is open",
          () -> leaf.get("/api/v1/runtime/stat/json").getAsJsonArray().isEmpty());
      long bytes = (long) CLIENTS * REQUESTS * SIZE + 1;
      assertThat(leaf.object("/api/v1/runtime/usage/json?tag=OUT").toString())
          .isEqualTo("{\"bytes_sent\":" + bytes + ",\"bytes_recvd\":" + bytes + "}");
      Await.until("descriptors are back", () -> descriptors() <= before);
    }
  }

  private static boolean failed(List<Future<?>> running) {
    return running.stream().anyMatch(f -> f.state() == Future.State.FAILED);
  }

  private static void exchange(Socket socket, byte[] request) throws Exception {
    socket.getOutputStream().write(request);
    assertThat(socket.getInputStream().readNBytes(request.length)).hasSize(request.length);
  }

  @Test
  void badFileAndTakenPortChangeNothing() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, config(""));
        Socket socket = leaf.connect("in", echo.address())) {
      leaf.rewrite("{\"outbounds\": [{\"tag\": \"x\", \"protocol\": \"nonsense\"}]}");
      var refused = leaf.call("POST", "/api/v1/runtime/reload");
      assertThat(refused.statusCode()).isEqualTo(500);
      assertThat(refused.body()).contains("leaf.json:1").contains("nonsense");
      int taken = echo.address().getPort();
      leaf.rewrite(
          config("")
              .replace(
                  "\"inbounds\": [",
                  "\"inbounds\": [{\"tag\": \"second\", \"protocol\": \"socks\", \"port\": "
                      + taken
                      + "}, "));
      refused = leaf.call("POST", "/api/v1/runtime/reload");
      assertThat(refused.statusCode()).isEqualTo(500);
      assertThat(refused.body())
          .contains("inbound 'second' cannot listen on 127.0.0.1:" + taken)
          .contains("pid " + ProcessHandle.current().pid());
      exchange(socket, new byte[10]);
      try (Socket fresh = leaf.connect("in", echo.address())) {
        exchange(fresh, new byte[10]);
      }
    }
  }

  @Test
  void onlyConnectionsOfChangedOutboundsAreClosed() throws Exception {
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        EchoServer other = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, redirected(echo.port(), echo.port()));
        Socket changed = leaf.connect("in", other.address());
        Socket kept = leaf.connect("in", echo.address())) {
      exchange(changed, new byte[10]);
      exchange(kept, new byte[10]);
      leaf.rewrite(redirected(other.port(), echo.port()));
      JsonObject change = leaf.post("/api/v1/runtime/reload");
      assertThat(change.get("changed").toString()).isEqualTo("[\"elsewhere\"]");
      assertThat(change.get("closed_connections").getAsInt()).isEqualTo(1);
      assertThat(change.get("kept_connections").getAsInt()).isEqualTo(1);
      assertThat(changed.getInputStream().read()).isEqualTo(-1);
      exchange(kept, new byte[10]);
      JsonObject ended =
          leaf.get("/api/v1/runtime/stat/recent/json").getAsJsonArray().get(0).getAsJsonObject();
      assertThat(ended.get("outbound_tag").getAsString()).isEqualTo("elsewhere");
    }
  }

  private static String redirected(int to, int directPort) {
    return """
    {"inbounds": [{"tag": "in", "protocol": "socks", "address": "127.0.0.1", "port": 0}],
     "outbounds": [
       {"tag": "direct", "protocol": "direct"},
       {"tag": "elsewhere", "protocol": "redirect",
        "settings": {"address": "127.0.0.1", "port": %d}}],
     "router": {"rules": [
        {"portRange": ["%d-%d"], "target": "direct"},
        {"type": "FINAL", "target": "elsewhere"}]}}
    """
        .formatted(to, directPort, directPort);
  }
}
