package com.github.shiroedev2024.leaf.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.http.Resources;
import com.github.shiroedev2024.leaf.api.http.Route;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl.State;
import com.github.shiroedev2024.leaf.testkit.ApiDocument;
import com.github.shiroedev2024.leaf.testkit.ApiDocument.Exchange;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The document and the server say the same. */
class OpenApiTest {
  static final String TEXT = Resources.text(ApiServer.class, "openapi.yaml");
  static final ApiDocument DOCUMENT = ApiDocument.of(TEXT);

  private static final String QUERY = "?outbound=OUT&destination=a:1&select=AUTO&tag=OUT";

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** The exchange, as the document wants it. */
  static void fits(String method, String target, RawHttp.Reply reply) {
    assertThat(
            DOCUMENT.violations(
                new Exchange(method, target, reply.status(), reply.headers(), reply.body())))
        .isEmpty();
  }

  private RawHttp.Reply fits(String method, String target, String... headerLines) throws Exception {
    try (RawHttp http = server.connect()) {
      RawHttp.Reply reply =
          http.send(RawHttp.request(method, target, headerLines)).read(!method.equals("HEAD"));
      fits(method, target, reply);
      return reply;
    }
  }

  private static String target(Route route) {
    return route.path().replace(Route.TAG, "us-ams-1");
  }

  @Test
  void routesAndOperationsAreTheSame() {
    Set<String> routes =
        server.server.routes().stream()
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(new TreeSet<>(DOCUMENT.operations())).isEqualTo(routes);
  }

  @Test
  void isServedAsItIs() throws Exception {
    RawHttp.Reply get = fits("GET", "/openapi.yaml");
    assertThat(get.body()).isEqualTo(TEXT);
    assertThat(get.header("Content-Type")).isEqualTo("application/yaml");
    assertThat(get.header("Cache-Control")).isEqualTo("no-store");
    RawHttp.Reply head = fits("HEAD", "/openapi.yaml");
    assertThat(head.header("Content-Length"))
        .isEqualTo(String.valueOf(TEXT.getBytes(UTF_8).length));
  }

  @Test
  void examplesFitTheirSchemas() {
    assertThat(DOCUMENT.badExamples()).isEmpty();
    assertThat(DOCUMENT.exampleCount()).isGreaterThan(DOCUMENT.operations().size());
  }

  @Test
  void everyOperationListsEveryFailure() {
    for (Route route : server.server.routes()) {
      String operation = route.method() + " " + route.path();
      assertThat(DOCUMENT.statuses(operation))
          .as(operation)
          .contains(400, 403, 405, 413, 414, 431, 500, 503);
    }
  }

  @Test
  void failuresAreAsDocumentedOnEveryPath() throws Exception {
    String tooMuch = "x".repeat(40_000);
    for (Route route : server.server.routes()) {
      String method = route.method();
      String target = target(route);
      assertThat(fits(method, target, "Host: localhost").status()).isEqualTo(400);
      assertThat(fits(method, target, "Origin: https://example.com").status()).isEqualTo(403);
      assertThat(fits("DELETE", target).status()).isEqualTo(405);
      assertThat(fits(method, target, "Content-Length: 70000").status()).isEqualTo(413);
      assertThat(fits(method, target + "?" + tooMuch).status()).isEqualTo(414);
      assertThat(fits(method, target, "X: " + tooMuch).status()).isEqualTo(431);
      fits(method, target + "?limit=x&sort=x&level=x&tag=%&outbound=&id=x");
      assertThat(fits("OPTIONS", target).status()).isEqualTo(204);
      if (method.equals("GET")) {
        fits("HEAD", target + QUERY);
      }
    }
    server.control.state = State.STOPPED;
    for (Route route : server.server.routes()) {
      assertThat(fits(route.method(), target(route)).status()).isEqualTo(503);
    }
  }

  @Test
  void unknownTagsAreNotFoundWhereverOneIsTaken() throws Exception {
    List<String> taking =
        server.server.routes().stream()
            .map(route -> route.method() + " " + route.path())
            .filter(operation -> DOCUMENT.statuses(operation).contains(404))
            .toList();
    assertThat(taking).hasSizeGreaterThan(10);
    for (String operation : taking) {
      String[] parts = operation.split(" ", 2);
      String name = parts[1].endsWith("usage/json") ? "tag" : "outbound";
      String target = parts[1].replace(Route.TAG, "nope") + "?" + name + "=nope&select=direct";
      assertThat(fits(parts[0], target).status()).as(operation).isEqualTo(404);
    }
  }

  @Test
  void pagesAreAsDocumented() throws Exception {
    for (String target :
        List.of(
            "/api/v1/runtime/stat/html?sort=rule&desc=&q=&limit=1&refresh=3600",
            "/api/v1/runtime/stat/recent/html?desc=false",
            "/api/v1/runtime/logs/html?level=&q=x")) {
      assertThat(fits("GET", target).status()).isEqualTo(200);
    }
    assertThat(fits("GET", "/api/v1/runtime/stat/html?desc=maybe").status()).isEqualTo(400);
  }
}
