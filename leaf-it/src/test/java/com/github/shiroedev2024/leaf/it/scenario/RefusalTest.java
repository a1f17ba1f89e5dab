package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.EchoServer;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What two ends that do not agree tell, from {@code leaf-it/scenarios/refuse}. A case says either
 * what reading its configuration tells ({@code problem}), or what the client tells of a session, of
 * it in the log, and of a health check ({@code client}; {@code health} where that differs), and
 * what the server's log tells ({@code server}). Each is a list of texts that are all found there.
 */
@Execution(ExecutionMode.SAME_THREAD)
final class RefusalTest {
  private static final Set<String> KEYS = Set.of("problem", "client", "health", "server");
  private static final @Nullable String ONLY = System.getProperty("leaf.scenario.only");

  @TempDir static Path folder;

  private static World world;
  private static Certificates expired;
  private static Certificates early;
  private static Certificates other;

  @BeforeAll
  static void start() throws IOException {
    world = new World(folder);
    Instant now = Instant.now();
    Duration day = Duration.ofDays(1);
    expired =
        Certificates.make(
            folder, "expired", Certificates.NAME, now.minus(day.multipliedBy(2)), now.minus(day));
    early =
        Certificates.make(
            folder, "early", Certificates.NAME, now.plus(day), now.plus(day.multipliedBy(2)));
    other = Certificates.make(folder, "other", Certificates.NAME);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @TestFactory
  Stream<DynamicTest> tells() {
    List<Path> cases = Scenario.folders("refuse");
    assertThat(cases).hasSizeGreaterThan(20);
    return cases.stream()
        .filter(each -> ONLY == null || Pattern.compile(ONLY).matcher(each.toString()).find())
        .map(
            each ->
                DynamicTest.dynamicTest(
                    String.valueOf(each.getFileName()),
                    () -> check(each, cases.indexOf(each) % 2 == 0 ? "conf" : "json")));
  }

  private static void check(Path each, String format) throws Exception {
    JsonObject told = Scenario.json(each.resolve("scenario.json"));
    assertThat(KEYS).containsAll(told.keySet());
    try (EchoServer resetting = EchoServer.start(EchoServer.Mode.RESET)) {
      Templates templates =
          world
              .templates()
              .with("expired", expired)
              .with("early", early)
              .with("other", other)
              .with("resetting", resetting.port())
              .with("server", 1);
      if (told.has("problem")) {
        for (String file : List.of("client.conf", "client.json", "server.json")) {
          refused(each.resolve(file), templates, texts(told, "problem", templates));
        }
        return;
      }
      SameEngine.check(
          SameEngine.read(templates.filled(each.resolve("client.conf")), "client.conf"),
          SameEngine.read(templates.filled(each.resolve("client.json")), "client.json"));
      Path own = Files.createDirectories(folder.resolve("run").resolve(each.getFileName()));
      Path file = each.resolve("client." + format);
      Path serverFile = each.resolve("server.json");
      if (!Files.exists(serverFile)) {
        client(own, templates.filled(file), told, templates);
        return;
      }
      try (Leaf server =
          Leaf.start(Files.createDirectory(own.resolve("server")), templates.filled(serverFile))) {
        templates.with("server", server.inbound("in").getPort());
        client(own, templates.filled(file), told, templates);
        if (told.has("server")) {
          logged(server, "", texts(told, "server", templates));
        }
        assertThat(server.get("/api/v1/runtime/stat/json").getAsJsonArray())
            .as("sessions of strangers")
            .isEmpty();
      }
    }
  }

  /** Each problem of the file says all this, and refuses the file. */
  private static void refused(Path file, Templates templates, List<String> texts)
      throws IOException {
    List<Problem> errors =
        ConfigReader.read(templates.filled(file), file.toString(), Map.of()).errors();
    assertThat(errors).as("%s", file).hasSize(1);
    assertThat(errors.getFirst().toString()).contains(texts);
    assertThat(errors.getFirst().source().line()).isPositive();
  }

  private static void client(Path own, String config, JsonObject told, Templates templates)
      throws Exception {
    List<String> texts = texts(told, "client", templates);
    List<String> health = told.has("health") ? texts(told, "health", templates) : texts;
    try (EchoServer echo = EchoServer.start(EchoServer.Mode.ECHO);
        Leaf client = Leaf.start(Files.createDirectory(own.resolve("client")), config)) {
      fails(client, echo);
      JsonElement session =
          Await.value(
              "session that has ended",
              () -> {
                var recent = client.get("/api/v1/runtime/stat/recent/json").getAsJsonArray();
                return recent.isEmpty() ? null : recent.get(0);
              });
      assertThat(session.getAsJsonObject().get("close_reason").getAsString()).contains(texts);
      logged(client, "destination=127.0.0.1:" + echo.port(), texts);
      assertThat(client.object("/api/v1/runtime/outbound/node/health").get("tcp_ms").isJsonNull())
          .isTrue();
      logged(client, "tcp probe of 'node' failed", health);
      assertThat(echo.accepted()).as("connections that came through").isZero();
    }
  }

  /** Tries to get something through, and is answered nothing. */
  private static void fails(Leaf client, EchoServer echo) {
    int got;
    try (Socket socket = new SocksClient(client.inbound("socks")).connect(echo.address())) {
      socket.getOutputStream().write(new byte[1000]);
      got = socket.getInputStream().readNBytes(1000).length;
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("nothing is told for so long", e);
    } catch (IOException e) {
      return; // refused in the SOCKS reply, or reset
    }
    assertThat(got).isZero();
  }

  /** There is one line in the log with all of this. */
  private static void logged(Leaf leaf, String line, List<String> texts) {
    try {
      Await.until(
          Duration.ofSeconds(3),
          "logged: " + line + " " + texts,
          () ->
              lines(leaf).stream()
                  .anyMatch(
                      each -> each.contains(line) && texts.stream().allMatch(each::contains)));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + String.join("\n", lines(leaf)), e);
    }
  }

  private static List<String> lines(Leaf leaf) {
    return leaf
        .object("/api/v1/runtime/logs/json?limit=1000")
        .getAsJsonArray("messages")
        .asList()
        .stream()
        .map(JsonElement::getAsString)
        .toList();
  }

  private static List<String> texts(JsonObject told, String key, Templates templates) {
    return told.getAsJsonArray(key).asList().stream()
        .map(text -> templates.filled(text.getAsString()))
        .toList();
  }
}
