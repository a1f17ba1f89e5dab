package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.it.traffic.Door;
import com.github.shiroedev2024.leaf.it.traffic.HttpClientDoor;
import com.github.shiroedev2024.leaf.it.traffic.SocksClient;
import com.github.shiroedev2024.leaf.it.traffic.Traffic;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every protocol and transport that has both a client and a server here, from {@code
 * leaf-it/scenarios/carry}: two whole instances, and programs in front of the client's SOCKS and
 * HTTP inbounds. {@code -Dleaf.scenario.only=REGEX} runs those whose name it is found in.
 */
@Execution(ExecutionMode.SAME_THREAD)
final class ScenarioTest {
  private static final long BULK_BYTES = 8L << 20;
  private static final int CONNECTIONS = 50;

  /** How sessions end here: in order, or with the client that an association belongs to. */
  private static final Set<String> ENDS = Set.of("finished", "client closed the connection");

  /** Where the client's end is not passed on the session is cut, maybe before all was read. */
  private static final Set<String> CUTS =
      Set.of("half-closed for too long", "client reset the connection");

  private static final @Nullable String ONLY = System.getProperty("leaf.scenario.only");

  private static final Map<String, String> SNIFFING =
      Map.of(
          "TLS_DOMAIN_SNIFFING_ALL", "true",
          "HTTP_DOMAIN_SNIFFING_ALL", "true",
          "DNS_DOMAIN_SNIFFING", "true");

  private static final Set<String> NO_LAYERS =
      Set.of(
          "http",
          "shadowsocks-aes-128-gcm",
          "shadowsocks-2022-blake3-aes-128-gcm",
          "socks",
          "trojan-plain",
          "vless-plain",
          "vmess-none");

  private static final List<Scenario> ALL =
      Scenario.folders("carry").stream().map(Scenario::read).toList();

  @TempDir static Path folder;

  private static World world;

  @BeforeAll
  static void start() throws IOException {
    world = new World(folder);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  /** One scenario with the client's file in one format. */
  private record Run(Scenario scenario, String format) {
    @Override
    public String toString() {
      return scenario.name() + ", " + format;
    }
  }

  /** The scenarios of the everyday build, half of them from .conf and half from .json. */
  private static List<Run> quick() {
    List<Run> runs = new ArrayList<>();
    for (Scenario scenario : ALL) {
      if (!scenario.slow()) {
        runs.add(new Run(scenario, runs.size() % 2 == 0 ? "conf" : "json"));
      }
    }
    return runs;
  }

  private static Stream<DynamicTest> tests(List<Run> runs) {
    return tests(runs, Map.of());
  }

  private static Stream<DynamicTest> tests(List<Run> runs, Map<String, String> environment) {
    return runs.stream()
        .filter(run -> ONLY == null || Pattern.compile(ONLY).matcher(run.toString()).find())
        .map(run -> DynamicTest.dynamicTest(run.toString(), () -> check(run, environment)));
  }

  @TestFactory
  Stream<DynamicTest> carries() {
    return tests(quick());
  }

  /** What clients send first is held and looked at by both instances: one of each inbound. */
  @TestFactory
  Stream<DynamicTest> carriesWhileNamesAreLearnt() {
    return tests(
        quick().stream().filter(run -> NO_LAYERS.contains(run.scenario().name())).toList(),
        SNIFFING);
  }

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> carriesWhileNamesAreLearntThroughAllElse() {
    return tests(
        quick().stream().filter(run -> !NO_LAYERS.contains(run.scenario().name())).toList(),
        SNIFFING);
  }

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> carriesFromTheOtherFormatToo() {
    Set<Run> ran = Set.copyOf(quick());
    List<Run> others = new ArrayList<>();
    for (Scenario scenario : ALL) {
      for (String format : List.of("conf", "json")) {
        Run run = new Run(scenario, format);
        if (!ran.contains(run)) {
          others.add(run);
        }
      }
    }
    return tests(others);
  }

  @TestFactory
  Stream<DynamicTest> bothFormatsMeanTheSame() {
    return ALL.stream()
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.name(),
                    () -> {
                      Templates templates = world.templates().with("server", 1);
                      same(scenario, "client", templates);
                      if (scenario.has("server.conf")) {
                        same(scenario, "server", templates);
                      }
                    }));
  }

  private static void same(Scenario scenario, String side, Templates templates) throws IOException {
    SameEngine.check(
        SameEngine.read(templates.filled(scenario.file(side + ".conf")), side + ".conf"),
        SameEngine.read(templates.filled(scenario.file(side + ".json")), side + ".json"));
  }

  @Test
  void theScenariosAreThere() {
    assertThat(ALL).hasSizeGreaterThan(60);
    assertThat(quick()).hasSizeGreaterThan(30);
  }

  private static void check(Run run, Map<String, String> environment) throws Exception {
    Scenario scenario = run.scenario();
    String name = run.toString().replace(", ", "-") + (environment.isEmpty() ? "" : "-sniffing");
    Path own = Files.createDirectories(folder.resolve(name));
    Templates templates = world.templates();
    String serverFile =
        scenario.has("server.conf") && run.format().equals("conf") ? "server.conf" : "server.json";
    try (Leaf server =
        Leaf.start(
            Files.createDirectory(own.resolve("server")),
            templates.filled(scenario.file(serverFile)),
            environment)) {
      InetSocketAddress in = server.inbound(scenario.inbound());
      templates.with("server", in.getPort());
      try (Leaf client =
          Leaf.start(
              Files.createDirectory(own.resolve("client")),
              templates.filled(scenario.file("client." + run.format())),
              environment)) {
        SocksClient socks = new SocksClient(client.inbound("socks"));
        shown(scenario, client, server, socks);
        streams(scenario, socks);
        streams(scenario, new HttpClientDoor(client.inbound("http")));
        if (scenario.udp()) {
          Traffic.datagrams(socks, 1, 64);
          Traffic.datagrams(socks, 1400, 1400);
        }
        counted(scenario, client, server);
        health(scenario, client);
        ended(scenario, client);
        ended(scenario, server);
        if (scenario.fallback()) {
          fallsBack(in);
        }
      }
    }
  }

  private static void streams(Scenario scenario, Door door) throws Exception {
    Traffic.pingPong(door);
    Traffic.bulk(door, BULK_BYTES);
    Traffic.remoteEnds(door);
    if (scenario.halfClose()) {
      Traffic.clientHalfCloses(door);
      Traffic.remoteHalfCloses(door);
    } else {
      Traffic.wholeEnds(door);
    }
    Traffic.connections(door, CONNECTIONS);
  }

  /** Probes get through, and what carries no UDP says so. */
  private static void health(Scenario scenario, Leaf client) {
    JsonObject health =
        client.object("/api/v1/runtime/outbound/" + scenario.outbound() + "/health");
    assertThat(health.get("tcp_ms").isJsonNull()).as("%s", health).isFalse();
    assertThat(health.get("udp_ms").isJsonNull()).as("%s", health).isEqualTo(!scenario.udp());
  }

  /** A living connection, as both ends show it. */
  private static void shown(Scenario scenario, Leaf client, Leaf server, SocksClient socks)
      throws IOException {
    try (Socket socket = socks.connect(world.echo().address())) {
      Traffic.exchange(socket, 3);
      JsonObject here = only(client);
      assertThat(here.get("inbound_tag").getAsString()).isEqualTo("socks");
      Set<String> passed = new TreeSet<>();
      passed.add(here.get("outbound_tag").getAsString());
      here.getAsJsonArray("outbound_chain").forEach(tag -> passed.add(tag.getAsString()));
      assertThat(passed).contains(scenario.outbound());
      JsonObject there = last(server);
      assertThat(there.get("destination").getAsString())
          .isEqualTo("127.0.0.1:" + world.echo().port());
      assertThat(there.get("outbound_tag").getAsString()).isEqualTo("direct");
      JsonElement user = there.get("user_id");
      assertThat(user.isJsonNull() ? null : user.getAsString()).isEqualTo(scenario.user());
      assertThat(there.get("bytes_sent").getAsLong()).isEqualTo(1000);
      assertThat(there.get("bytes_recvd").getAsLong()).isEqualTo(1000);
    }
  }

  private static JsonObject only(Leaf leaf) {
    JsonArray shown = leaf.get("/api/v1/runtime/stat/json").getAsJsonArray();
    assertThat(shown).hasSize(1);
    return shown.get(0).getAsJsonObject();
  }

  private static JsonObject last(Leaf leaf) {
    return Await.value(
        "session to the echo",
        () -> {
          for (JsonElement each : leaf.get("/api/v1/runtime/stat/json").getAsJsonArray()) {
            JsonObject session = each.getAsJsonObject();
            if (session.get("destination").getAsString().endsWith(":" + world.echo().port())) {
              return session;
            }
          }
          return null;
        });
  }

  /** Both ends count the same payload; the server for the user, if there is one. */
  private static void counted(Scenario scenario, Leaf client, Leaf server) {
    gone(client);
    gone(server);
    String user = scenario.user();
    String whose = user == null ? "tag=" + scenario.inbound() : "userId=" + user;
    for (String way : List.of("bytes_sent", "bytes_recvd")) {
      AtomicReference<String> last = new AtomicReference<>("");
      try {
        Await.until(
            "both ends count the same",
            () -> {
              long here = usage(client, "tag=" + scenario.outbound(), way);
              long there = usage(server, whose, way);
              last.set(way + ": client " + here + ", server " + there);
              return here > 2 * BULK_BYTES && agree(scenario, here, there);
            });
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + ", " + last, e);
      }
    }
  }

  private static boolean agree(Scenario scenario, long client, long server) {
    if (scenario.probes()) {
      return server >= client;
    }
    // What the remote answers to a client that has gone may not come further than the server.
    long lost = scenario.halfClose() ? 0 : 2 * Traffic.UNREAD_BYTES;
    return server >= client && server <= client + lost;
  }

  private static long usage(Leaf leaf, String whose, String way) {
    return leaf.object("/api/v1/runtime/usage/json?" + whose).get(way).getAsLong();
  }

  private static void gone(Leaf leaf) {
    Await.until(
        "all streams have ended",
        () -> {
          for (JsonElement each : leaf.get("/api/v1/runtime/stat/json").getAsJsonArray()) {
            if (each.getAsJsonObject().get("network").getAsString().equals("tcp")) {
              return false;
            }
          }
          return true;
        });
  }

  private static void ended(Scenario scenario, Leaf leaf) {
    for (JsonElement each : leaf.get("/api/v1/runtime/stat/recent/json").getAsJsonArray()) {
      JsonObject session = each.getAsJsonObject();
      if (!world.isProbed(session.get("destination").getAsString())) {
        String reason = session.get("close_reason").getAsString();
        boolean cut = !scenario.halfClose() && CUTS.stream().anyMatch(reason::startsWith);
        assertThat(cut || ENDS.contains(reason)).as("%s", session).isTrue();
      }
    }
  }

  private static void fallsBack(InetSocketAddress in) throws IOException {
    try (Socket browser = new Socket()) {
      browser.connect(in, Door.CONNECT_MILLIS);
      browser.setSoTimeout(Door.READ_MILLIS);
      Traffic.exchange(browser, 5);
    }
  }
}
