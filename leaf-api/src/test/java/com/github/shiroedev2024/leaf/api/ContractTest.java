package com.github.shiroedev2024.leaf.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.api.http.Limits;
import com.github.shiroedev2024.leaf.runtime.control.ControlException;
import com.github.shiroedev2024.leaf.runtime.control.ControlException.Kind;
import com.github.shiroedev2024.leaf.runtime.control.Replies.ConfigProblem;
import com.github.shiroedev2024.leaf.runtime.control.RuntimeControl.State;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plays every golden case of {@code contract/}; the document must describe each. */
class ContractTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("leaf.root", ".."), "contract").toAbsolutePath();

  private static List<JsonObject> cases() throws IOException {
    List<JsonObject> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonParser.parseString(Files.readString(file))
            .getAsJsonArray()
            .forEach(each -> cases.add(each.getAsJsonObject()));
      }
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> goldenCases() throws IOException {
    return cases().stream()
        .map(each -> DynamicTest.dynamicTest(each.get("name").getAsString(), () -> play(each)));
  }

  @Test
  void everyRouteHasCasesOfSuccessAndFailure() throws Exception {
    Set<String> succeeding = new TreeSet<>();
    Set<String> failing = new TreeSet<>();
    for (JsonObject each : cases()) {
      if (each.has("route")) {
        int status = each.getAsJsonObject("reply").get("status").getAsInt();
        (status < 300 ? succeeding : failing).add(each.get("route").getAsString());
      }
    }
    try (TestServer server = new TestServer()) {
      Set<String> routes =
          server.server.routes().stream()
              .map(route -> route.method() + " " + route.path())
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> known = new TreeSet<>(succeeding);
      known.addAll(failing);
      assertThat(known).as("routes with cases").isEqualTo(routes);
      routes.removeAll(succeeding);
      assertThat(routes)
          .as("routes that never succeed")
          .containsExactly(
              "GET /api/v1/app/outbound/mptp/status", "GET /api/v1/app/outbound/speedtest/status");
    }
  }

  @Test
  void namesAreUnique() throws IOException {
    assertThat(cases().stream().map(each -> each.get("name").getAsString()))
        .doesNotHaveDuplicates();
  }

  private static FakeControl given(JsonObject each) {
    FakeControl control = new FakeControl();
    String given = each.has("given") ? each.get("given").getAsString() : "";
    switch (given) {
      case "" -> {}
      case "starting" -> control.state = State.STARTING;
      case "stopping" -> control.state = State.STOPPING;
      case "bad-file" ->
          control.reloadFails =
              new ControlException(
                  Kind.FAILED,
                  "config.conf:3: error: unknown outbound 'us-ams-9';"
                      + " the old configuration goes on");
      case "no-way-out" ->
          control.connectivityFails =
              new ControlException(
                  Kind.FAILED, "probe through 'us-ams-1' failed: connection refused");
      case "problems" ->
          control.problems =
              List.of(
                  new ConfigProblem(
                      "warning",
                      "config.json",
                      12,
                      "outbounds[2].settings.prot",
                      "prot",
                      "unknown key 'prot'",
                      "did you mean 'port'?"));
      default -> throw new IllegalArgumentException("unknown state " + given);
    }
    return control;
  }

  private static void play(JsonObject each) throws Exception {
    FakeControl control = given(each);
    try (TestServer server = new TestServer(control, Limits.DEFAULT);
        RawHttp http = server.connect()) {
      RawHttp.Reply reply = http.send(text(each.getAsJsonObject("request"))).read();
      compare(each.getAsJsonObject("reply"), reply);
      JsonObject request = each.getAsJsonObject("request");
      OpenApiTest.fits(
          request.get("method").getAsString(), request.get("target").getAsString(), reply);
      if (reply.status() >= 400) {
        assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(reply.body()).isNotBlank();
      }
      if (reply.status() == 500) {
        assertThat(control.logged).containsExactly("leaf.api " + reply.body());
      } else {
        assertThat(control.logged).isEmpty();
      }
    }
  }

  private static String text(JsonObject request) {
    StringBuilder text =
        new StringBuilder(request.get("method").getAsString())
            .append(' ')
            .append(request.get("target").getAsString())
            .append(" HTTP/1.1\r\n");
    JsonObject headers =
        request.has("headers") ? request.getAsJsonObject("headers") : new JsonObject();
    if (!headers.has("Host")) {
      text.append("Host: 127.0.0.1:10001\r\n");
    }
    headers
        .asMap()
        .forEach(
            (name, value) -> {
              if (!value.isJsonNull()) {
                text.append(name + ": " + value.getAsString() + "\r\n");
              }
            });
    return text.append("\r\n").toString();
  }

  private static void compare(JsonObject golden, RawHttp.Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(golden.get("status").getAsInt());
    if (golden.has("type")) {
      assertThat(reply.header("Content-Type")).isEqualTo(golden.get("type").getAsString());
    }
    if (golden.has("text")) {
      assertThat(reply.body()).isEqualTo(golden.get("text").getAsString());
    }
    if (golden.has("json")) {
      JsonElement json = JsonParser.parseString(reply.body());
      assertThat(json).isEqualTo(golden.get("json"));
      assertThat(reply.body()).as("compact, in order").isEqualTo(compact(golden.get("json")));
    }
    if (golden.has("headers")) {
      golden
          .getAsJsonObject("headers")
          .asMap()
          .forEach(
              (name, value) ->
                  assertThat(reply.header(name))
                      .as(name)
                      .isEqualTo(value.isJsonNull() ? null : value.getAsString()));
    }
  }

  /** No white space outside strings, nulls kept, keys in the golden order. */
  private static String compact(JsonElement json) {
    return new GsonBuilder().serializeNulls().disableHtmlEscaping().create().toJson(json);
  }
}
