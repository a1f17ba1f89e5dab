package com.github.shiroedev2024.leaf.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.http.Route;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must hold for each route of the table. */
class RouteWalkTest {
  private static final String QUERY = "?outbound=OUT&tag=OUT&select=AUTO&id=7&destination=a:1";

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, Set<String>> methodsByPath() {
    Map<String, Set<String>> methods = new TreeMap<>();
    for (Route route : server.server.routes()) {
      methods
          .computeIfAbsent(route.path().replace(Route.TAG, "us-ams-1"), p -> new TreeSet<>())
          .add(route.method());
    }
    return methods;
  }

  @Test
  void otherMethodsAreRefusedWithWhatIsAllowed() throws Exception {
    for (Map.Entry<String, Set<String>> each : methodsByPath().entrySet()) {
      TreeSet<String> allowed = new TreeSet<>(each.getValue());
      if (allowed.contains("GET")) {
        allowed.add("HEAD");
      }
      for (String method :
          List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW")) {
        if (allowed.contains(method)) {
          continue;
        }
        try (RawHttp http = server.connect()) {
          RawHttp.Reply reply =
              http.send(RawHttp.request(method, each.getKey() + QUERY))
                  .read(!method.equals("HEAD"));
          assertThat(reply.status()).as(method + " " + each.getKey()).isEqualTo(405);
          assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
          TreeSet<String> told =
              new TreeSet<>(Arrays.asList(String.valueOf(reply.header("Allow")).split(", ", -1)));
          TreeSet<String> expected = new TreeSet<>(allowed);
          expected.add("OPTIONS");
          assertThat(told).isEqualTo(expected);
          assertThat(http.get("/api/v1/app/outbound/list").status())
              .as("keep-alive")
              .isEqualTo(200);
        }
      }
    }
    assertThat(server.control.told).isEmpty();
    assertThat(server.control.shutdown).isNotDone();
  }

  @Test
  void headSaysWhatGetSaysWithoutABody() throws Exception {
    for (Map.Entry<String, Set<String>> each : methodsByPath().entrySet()) {
      if (!each.getValue().contains("GET")) {
        continue;
      }
      try (RawHttp http = server.connect()) {
        String target = each.getKey() + (each.getKey().endsWith("usage/json") ? "?tag=OUT" : QUERY);
        RawHttp.Reply get = http.get(target);
        RawHttp.Reply head = http.send(RawHttp.request("HEAD", target)).read(false);
        assertThat(head.status()).as(target).isEqualTo(get.status());
        assertThat(head.header("Content-Length"))
            .as(target)
            .isEqualTo(Integer.toString(get.body().getBytes(StandardCharsets.UTF_8).length));
        head.headers().remove("Content-Length"); // A long answer goes out in chunks.
        get.headers().keySet().removeAll(Set.of("Content-Length", "Transfer-Encoding"));
        assertThat(head.headers()).as(target).isEqualTo(get.headers());
        assertThat(http.get(target).body()).as("nothing was left over").isEqualTo(get.body());
      }
    }
  }

  @Test
  void everyAnswerForbidsStoringAndGuessing() throws Exception {
    for (Route route : server.server.routes()) {
      if (route.path().endsWith("/shutdown")) {
        continue;
      }
      String target = route.path().replace(Route.TAG, "x") + QUERY;
      try (RawHttp http = server.connect()) {
        for (String query : List.of("", QUERY)) {
          String path = target.replace(QUERY, "") + query;
          RawHttp.Reply reply = http.send(RawHttp.request(route.method(), path)).read();
          assertThat(reply.header("Cache-Control")).as(path).isEqualTo("no-store");
          assertThat(reply.header("X-Content-Type-Options")).as(path).isEqualTo("nosniff");
          assertThat(reply.header("Referrer-Policy")).as(path).isEqualTo("no-referrer");
          assertThat(reply.header("Content-Type"))
              .as(path)
              .isIn(
                  "application/json",
                  "application/yaml",
                  "text/html; charset=utf-8",
                  "text/plain; charset=utf-8");
          if (reply.status() >= 300) {
            assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
          }
        }
      }
    }
  }

  @Test
  void postsWithBodiesAreFine() throws Exception {
    try (RawHttp http = server.connect()) {
      String body = "{\"odd\":[1,2,3]}";
      RawHttp.Reply reply =
          http.send(
                  RawHttp.request(
                          "POST",
                          "/api/v1/runtime/logs/clear",
                          "Content-Type: application/json",
                          "Content-Length: " + body.length())
                      + body)
              .read();
      assertThat(reply.status()).isEqualTo(200);
      reply =
          http.send(
                  RawHttp.request(
                          "POST", "/api/v1/runtime/logs/clear", "Transfer-Encoding: chunked")
                      + "4\r\nabcd\r\n0\r\n\r\n")
              .read();
      assertThat(reply.status()).isEqualTo(200);
      assertThat(http.post("/api/v1/runtime/logs/clear", "Content-Length: 0").status())
          .isEqualTo(200);
      reply =
          http.send(
                  RawHttp.request(
                      "POST",
                      "/api/v1/runtime/logs/clear",
                      "Expect: 100-continue",
                      "Content-Length: 3"))
              .read();
      assertThat(reply.status()).isEqualTo(100);
      assertThat(http.send("abc").read().status()).isEqualTo(200);
    }
  }
}
