package com.github.shiroedev2024.leaf.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.desktop.api.ApiClient;
import com.github.shiroedev2024.leaf.it.Leaf;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The examples do what they are for, with the runtime of the contract kit's scenario. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class ExamplesTest {
  private static final String EXAMPLES = "com.github.shiroedev2024.leaf.examples.";
  private static final String NODE_A = "node A/1 %";
  private static final String NODE_B = "节点 B+🍃";

  private Surroundings surroundings;
  private Leaf leaf;
  private String port;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    surroundings = Surroundings.start();
    leaf = Leaf.start(folder, Scenario.configuration("first.json", surroundings));
    port = String.valueOf(leaf.apiPort());
  }

  @AfterAll
  void stop() {
    leaf.close();
    surroundings.close();
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(arguments));
    return line;
  }

  /** Ends with 1 and the words that every SDK has for it. */
  private static void saysThatLeafIsDown(String closed, ExampleProgram.Ended ended) {
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.lines()).isEmpty();
    assertThat(ended.errors())
        .contains(
            "Leaf is not running on 127.0.0.1:"
                + closed
                + " (connection refused); start it with 'leaf run'");
  }

  private static String closedPort() {
    return String.valueOf(FreePorts.any());
  }

  @Test
  void latencyPainterPaintsEveryNode() throws Exception {
    List<String> painter = JvmCommand.of(EXAMPLES + "desktop.LatencyPainter");
    ExampleProgram.Ended ended = ExampleProgram.run(with(painter, port));
    assertThat(ended.code()).as(ended.errors()).isZero();
    assertThat(ended.lines())
        .hasSize(5)
        .anyMatch(line -> line.matches("node A/1 % +#+ +\\d+\\.\\d ms"))
        .anyMatch(line -> line.matches("节点 B\\+🍃 +#+ +\\d+\\.\\d ms"))
        .anyMatch(line -> line.matches("hop & chain +#+ +\\d+\\.\\d ms"))
        .anyMatch(line -> line.matches("direct +#+ +\\d+\\.\\d ms"))
        .anyMatch(line -> line.matches("dead +does not answer"));
    String closed = closedPort();
    saysThatLeafIsDown(closed, ExampleProgram.run(with(painter, closed)));
  }

  /** Of the given ticker; {@code arguments} puts port, tag and seconds into its order. */
  private void ticks(List<String> ticker, Arguments arguments) throws Exception {
    try (ApiClient api = new ApiClient(leaf.apiPort())) {
      api.setSelectOutboundItem("OUT", NODE_A);
    }
    JsonObject step = new JsonObject();
    step.addProperty("inbound", "socks in");
    try (Flow flow = Flow.open(leaf, step, surroundings.echo().address());
        ExampleProgram program =
            ExampleProgram.start(with(ticker, arguments.of(port, NODE_A, "4")))) {
      Await.until(Duration.ofSeconds(30), "the first line", () -> program.output().contains("\n"));
      flow.exchange(700_000);
      ExampleProgram.Ended ended = program.end();
      assertThat(ended.code()).as(ended.errors()).isZero();
      String line =
          "node A/1 %  up \\d+ B \\(\\d+\\.\\d KiB/s\\)  down \\d+ B \\(\\d+\\.\\d KiB/s\\)";
      assertThat(ended.lines()).hasSize(4).allMatch(each -> each.matches(line));
      assertThat(ended.lines())
          .as("the speed shows")
          .anyMatch(each -> !each.contains("(0.0 KiB/s)"));
      long before = bytes(ended.lines().getFirst());
      assertThat(bytes(ended.lines().getLast())).isEqualTo(before + 700_000);
    }
    ExampleProgram.Ended unknown =
        ExampleProgram.run(with(ticker, arguments.of(port, "us/9 %", "1")));
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.errors()).contains("Leaf says: unknown outbound 'us/9 %'");
    String closed = closedPort();
    saysThatLeafIsDown(closed, ExampleProgram.run(with(ticker, arguments.of(closed, NODE_A, "1"))));
  }

  private interface Arguments {
    String[] of(String port, String tag, String seconds);
  }

  private static long bytes(String line) {
    return Long.parseLong(line.replaceAll(".* up (\\d+) B .*", "$1"));
  }

  @Test
  void usageTickerOfTheAndroidSdkTicks() throws Exception {
    ticks(
        JvmCommand.of(EXAMPLES + "android.UsageTicker"),
        (to, tag, seconds) -> new String[] {to, tag, seconds});
  }

  @Test
  void usageTickerInCTicks() throws Exception {
    Path folder = Sources.folder("examples/c");
    PeerProgram.require("gcc");
    PeerProgram.require("curl-config");
    Client.run(List.of("make", "--silent"), folder, Map.of());
    ticks(
        List.of(folder.resolve("build/usage_ticker").toString()),
        (to, tag, seconds) -> new String[] {tag, seconds, to});
  }

  @Test
  void nodeSwitcherInRustSwitchesAndVerifies() throws Exception {
    Path folder = Sources.folder("examples/rust");
    String manifest = folder.resolve("Cargo.toml").toString();
    Client.run(
        List.of("cargo", "build", "--quiet", "--locked", "--manifest-path", manifest),
        folder,
        Map.of("CARGO_TARGET_DIR", Client.cargoTarget()));
    List<String> switcher =
        List.of("cargo", "run", "--quiet", "--locked", "--manifest-path", manifest, "--");
    try (ApiClient api = new ApiClient(leaf.apiPort())) {
      api.setSelectOutboundItem("OUT", NODE_A);
      ExampleProgram.Ended ended =
          ExampleProgram.run(with(switcher, "OUT", NODE_B, "--port", port));
      assertThat(ended.code()).as(ended.errors()).isZero();
      assertThat(ended.lines()).singleElement().asString().matches("OUT: 节点 B\\+🍃, [\\d.]+ ms");
      assertThat(api.getCurrentSelectOutboundItem("OUT").getSelected()).isEqualTo(NODE_B);
      ExampleProgram.Ended dead = ExampleProgram.run(with(switcher, "OUT", "dead", "--port", port));
      assertThat(dead.code()).isEqualTo(1);
      assertThat(dead.errors())
          .contains("'dead' does not answer; 'OUT' uses '" + NODE_B + "' again");
      assertThat(api.getCurrentSelectOutboundItem("OUT").getSelected()).isEqualTo(NODE_B);
      ExampleProgram.Ended none = ExampleProgram.run(with(switcher, "OUT", "x/ %", "--port", port));
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.errors()).contains("select group 'OUT' has no member 'x/ %'");
    }
    String closed = closedPort();
    saysThatLeafIsDown(closed, ExampleProgram.run(with(switcher, "OUT", "--port", closed)));
  }
}
