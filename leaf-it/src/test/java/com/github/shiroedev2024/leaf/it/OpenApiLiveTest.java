package com.github.shiroedev2024.leaf.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation of the document, called on a running runtime; {@link Leaf} checks each reply. */
class OpenApiLiveTest {
  private static final String USER = "9f6a1c80-4b1d-4f6e-9a43-0f8f2f0f6a11";
  private static final Set<String> NEVER_SUCCEEDS =
      Set.of("GET /api/v1/app/outbound/speedtest/status", "GET /api/v1/app/outbound/mptp/status");

  private static String config(int page) {
    return """
    {"log": {"level": "info", "memory": true},
     "health": {"url": "http://127.0.0.1:%d/", "dns": "127.0.0.1:9", "timeout": 1},
     "inbounds": [
       {"tag": "in", "protocol": "socks", "address": "127.0.0.1", "port": 0},
       {"tag": "web", "protocol": "http", "address": "127.0.0.1", "port": 0,
        "settings": {"users": [{"uuid": "%s", "username": "u", "password": "p"}]}}],
     "outbounds": [
       {"tag": "OUT", "protocol": "select", "settings": {"actors": ["AUTO", "us-ams-1"]}},
       {"tag": "AUTO", "protocol": "failover", "settings": {"actors": ["us-ams-1", "us-ams-2"]}},
       {"tag": "BEST", "protocol": "url-test", "settings": {"actors": ["us-ams-1"]}},
       {"tag": "FIXED", "protocol": "static", "settings": {"actors": ["us-ams-1"]}},
       {"tag": "RACE", "protocol": "tryall", "settings": {"actors": ["us-ams-1"]}},
       {"tag": "us-ams-1", "protocol": "direct"},
       {"tag": "us-ams-2", "protocol": "redirect", "settings": {"address": "127.0.0.1", "port": 1}}],
     "router": {"rules": [{"type": "FINAL", "target": "OUT"}]}}
    """
        .formatted(page, USER);
  }

  /** A call that succeeds for each operation, in an order that works. */
  private static Map<String, String> targets() {
    Map<String, String> targets = new LinkedHashMap<>();
    for (String plain :
        List.of(
            "GET /openapi.yaml",
            "GET /api/v1/runtime/check_connectivity",
            "GET /api/v1/runtime/stat/json",
            "GET /api/v1/runtime/stat/html",
            "GET /api/v1/runtime/logs/json",
            "GET /api/v1/runtime/logs/html",
            "GET /api/v1/app/outbound/list",
            "POST /api/v1/app/outbound/failover/healthcheck/all",
            "POST /api/v1/runtime/config/test",
            "POST /api/v1/runtime/reload")) {
      targets.put(plain, "");
    }
    targets.put("GET /api/v1/runtime/usage/json", "?userId=" + USER);
    targets.put("GET /api/v1/runtime/route", "?destination=%5B2001:db8::1%5D:443&network=udp");
    for (String group :
        List.of(
            "GET /api/v1/app/outbound/selects",
            "GET /api/v1/app/outbound/select",
            "GET /api/v1/app/outbound/failover/status",
            "POST /api/v1/app/outbound/failover/healthcheck",
            "GET /api/v1/app/outbound/speedtest/status",
            "GET /api/v1/app/outbound/mptp/status")) {
      targets.put(group, "?outbound=AUTO");
    }
    targets.put("POST /api/v1/app/outbound/select", "?outbound=OUT&select=us-ams-1&close=false");
    for (String suffix : List.of("health", "last_peer_active", "since_last_peer_active")) {
      targets.put("GET /api/v1/runtime/outbound/{tag}/" + suffix, "");
    }
    targets.put("POST /api/v1/runtime/stat/close", "?outbound=in");
    targets.put("GET /api/v1/runtime/stat/recent/json", "");
    targets.put("GET /api/v1/runtime/stat/recent/html", "");
    targets.put("POST /api/v1/runtime/logs/clear", "");
    targets.put("POST /api/v1/runtime/shutdown", "");
    return targets;
  }

  @Test
  void everyOperationIsAnsweredAsDocumented(@TempDir Path folder) throws Exception {
    HttpServer page = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    page.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    page.start();
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf leaf = Leaf.start(folder, config(page.getAddress().getPort()));
        Socket socket = leaf.connect("in", echo.address())) {
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      assertThat(targets().keySet())
          .containsExactlyInAnyOrderElementsOf(Leaf.DOCUMENT.operations());
      for (Map.Entry<String, String> each : targets().entrySet()) {
        String[] operation = each.getKey().split(" ", 2);
        String target = operation[1].replace("{tag}", "us-ams-1") + each.getValue();
        HttpResponse<String> reply = leaf.call(operation[0], target);
        if (NEVER_SUCCEEDS.contains(each.getKey())) {
          assertThat(reply.statusCode()).as(target).isEqualTo(404);
        } else {
          assertThat(reply.statusCode()).as("%s: %s", target, reply.body()).isBetween(200, 202);
        }
        if (target.endsWith("/stat/json")) {
          assertThat(reply.body()).as("a connection is open").contains("\"in\"");
        }
        if (target.contains("/stat/close")) {
          assertThat(reply.body()).isEqualTo("{\"closed_connections\":1}");
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
          Await.until(
              "it is among the finished",
              () -> leaf.call("GET", "/api/v1/runtime/stat/recent/json").body().contains("\"in\""));
        }
      }
    } finally {
      page.stop(0);
    }
  }

  @Test
  void problemsOfAConfigurationAreToldAsDocumented(@TempDir Path folder) throws Exception {
    try (Leaf leaf = Leaf.start(folder, config(1))) {
      leaf.rewrite(config(1).replace("\"actors\": [\"us-ams-1\"]", "\"actors\": [\"gone\"]"));
      assertThat(leaf.post("/api/v1/runtime/config/test").get("problems").toString())
          .contains("\"severity\":\"error\"", "'gone'");
      HttpResponse<String> reload = leaf.call("POST", "/api/v1/runtime/reload");
      assertThat(reload.statusCode()).isEqualTo(500);
      assertThat(reload.body()).contains("'gone'");
      assertThat(leaf.call("GET", "/api/v1/runtime/check_connectivity").statusCode())
          .isEqualTo(500);
    }
  }
}
