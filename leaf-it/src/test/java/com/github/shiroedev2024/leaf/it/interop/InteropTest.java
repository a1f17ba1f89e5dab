package com.github.shiroedev2024.leaf.it.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * Every combination against every peer that has it, in both directions. {@code
 * -Dleaf.interop=pairwise} runs a subset of the cells, {@code -Dleaf.interop.only=REGEX} those
 * whose name it is found in; {@code -Dleaf.interop.report=true} writes {@code docs/interop.md}.
 */
@Tag("interop")
final class InteropTest {
  private static final List<Peer> PEERS =
      List.of(
          new SsLibevPeer(), new TrojanPeer(), new V2rayPeer(), new XrayPeer(), new SingBoxPeer());

  @TempDir static @Nullable Path folder;

  private static final InteropReport REPORT = new InteropReport();

  private static @Nullable Ground ground;

  private static List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    for (Combination combination : Combination.all()) {
      for (Peer peer : PEERS) {
        for (Direction direction : Direction.values()) {
          cells.add(new Cell(peer, combination, direction));
        }
      }
    }
    return cells;
  }

  private static List<Cell> chosen() {
    List<Cell> present = cells().stream().filter(cell -> cell.absent() == null).toList();
    String only = System.getProperty("leaf.interop.only");
    if (only != null) {
      Pattern pattern = Pattern.compile(only);
      return present.stream().filter(cell -> pattern.matcher(cell.toString()).find()).toList();
    }
    String extent = System.getProperty("leaf.interop", "all");
    assertThat(extent).as("the property leaf.interop").isIn("all", "pairwise");
    return extent.equals("all") ? present : Pairwise.of(present);
  }

  @BeforeAll
  static void certificates() {
    ground = Ground.in(Objects.requireNonNull(folder));
  }

  @TestFactory
  Stream<DynamicTest> cell() {
    return chosen().stream().map(cell -> DynamicTest.dynamicTest(cell.toString(), () -> run(cell)));
  }

  private static void run(Cell cell) throws Exception {
    Map<Check, String> outcomes = new EnumMap<>(Check.class);
    try {
      cell.run(Objects.requireNonNull(ground).cell(cell.folder()), outcomes);
    } catch (TestAbortedException e) {
      REPORT.notRun(cell, "skipped: " + e.getMessage());
      throw e;
    } catch (Exception | AssertionError e) {
      if (outcomes.isEmpty()) {
        REPORT.notRun(cell, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      }
      throw e;
    } finally {
      if (!outcomes.isEmpty()) {
        REPORT.ran(cell, outcomes);
      }
    }
  }

  @AfterAll
  static void report() throws IOException {
    if (!Boolean.getBoolean("leaf.interop.report")) {
      return;
    }
    Map<Peer, String> versions = new LinkedHashMap<>();
    for (Peer peer : PEERS) {
      versions.put(peer, version(peer));
    }
    Path page = Path.of(System.getProperty("leaf.root"), "docs", "interop.md");
    Files.writeString(page, REPORT.page(cells(), versions));
  }

  private static String version(Peer peer) {
    try {
      return peer.version();
    } catch (TestAbortedException e) {
      return "missing";
    }
  }
}
