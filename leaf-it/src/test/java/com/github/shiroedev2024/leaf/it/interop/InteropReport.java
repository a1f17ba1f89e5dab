package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.interop.Cell.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers what ran against what and writes it as a page. */
final class InteropReport {
  private final Map<Cell, Map<Check, String>> ran = new LinkedHashMap<>();
  private final Map<Cell, String> skipped = new LinkedHashMap<>();

  void ran(Cell cell, Map<Check, String> outcomes) {
    ran.put(cell, outcomes);
  }

  /** A cell whose programs did not start, or are missing. */
  void notRun(Cell cell, String why) {
    skipped.put(cell, why);
  }

  /**
   * The page.
   *
   * @param cells all that there could be, absent ones too
   */
  String page(List<Cell> cells, Map<Peer, String> versions) {
    StringBuilder page = new StringBuilder();
    page.append("# What ran against what\n\n");
    page.append("Written by `mvn verify -Pinterop -Dleaf.interop.report=true`; change the tests");
    page.append(" (`leaf.it.interop`), not this page.\n\n");
    page.append("| peer | version |\n|---|---|\n");
    versions.forEach((peer, version) -> row(page, List.of(peer.name(), version)));
    page.append("\nEach cell is one run of the checks ");
    List<String> checks = new ArrayList<>();
    for (Check check : Check.values()) {
      checks.add(check.toString());
    }
    page.append(String.join("; ", checks)).append(".\n");
    page.append("`→ peer` is Leaf's client to the peer's server, `peer →` the peer's client to");
    page.append(" Leaf's server. **ok**: all passed; *ok*: all passed, within the peer's limits");
    page.append(" (reasons below); –: not run (reasons below).\n\n");
    table(page, cells, List.copyOf(versions.keySet()));
    failures(page);
    limits(page, cells);
    absent(page, cells);
    page.append("\nLeaf's `amux` has no peer here: it is tested by byte vectors and against Leaf");
    page.append(" itself, and was not run against another program.\n");
    return page.toString();
  }

  private static void row(StringBuilder page, List<String> fields) {
    page.append("| ").append(String.join(" | ", fields)).append(" |\n");
  }

  private void table(StringBuilder page, List<Cell> cells, List<Peer> peers) {
    List<String> head = new ArrayList<>(List.of("protocol", "transport"));
    for (Peer peer : peers) {
      head.add("→ " + peer);
      head.add(peer + " →");
    }
    row(page, head);
    page.append("|---".repeat(head.size())).append("|\n");
    Map<Combination, Map<String, String>> rows = new LinkedHashMap<>();
    for (Cell cell : cells) {
      rows.computeIfAbsent(cell.combination(), c -> new LinkedHashMap<>())
          .put(cell.peer() + " " + cell.direction(), shown(cell));
    }
    rows.forEach(
        (combination, shown) -> {
          List<String> row = new ArrayList<>(List.of(combination.inner(), combination.outer()));
          for (Peer peer : peers) {
            for (Direction direction : Direction.values()) {
              row.add(shown.getOrDefault(peer + " " + direction, Outcome.NONE));
            }
          }
          row(page, row);
        });
  }

  private String shown(Cell cell) {
    Map<Check, String> outcomes = ran.get(cell);
    if (outcomes == null) {
      return Outcome.NONE;
    }
    for (String outcome : outcomes.values()) {
      if (!outcome.equals(Outcome.PASSED) && !outcome.equals(Outcome.NONE)) {
        return "FAILED";
      }
    }
    return cell.peer().limits(cell.combination(), cell.direction()).isEmpty() ? "**ok**" : "*ok*";
  }

  private void failures(StringBuilder page) {
    List<String> lines = new ArrayList<>();
    ran.forEach(
        (cell, outcomes) ->
            outcomes.forEach(
                (check, outcome) -> {
                  if (!outcome.equals(Outcome.PASSED) && !outcome.equals(Outcome.NONE)) {
                    lines.add("- " + cell + ": " + check + ": " + outcome);
                  }
                }));
    skipped.forEach((cell, why) -> lines.add("- " + cell + ": " + why));
    list(page, "## Failed, or not run this time", lines);
  }

  private static void limits(StringBuilder page, List<Cell> cells) {
    Map<String, Set<String>> reasons = new TreeMap<>();
    for (Cell cell : cells) {
      if (cell.absent() == null) {
        for (String why : cell.peer().limits(cell.combination(), cell.direction())) {
          reasons
              .computeIfAbsent(cell.peer() + ": " + why, key -> new TreeSet<>())
              .add(cell.combination().protocol().word() + " over " + cell.combination().outer());
        }
      }
    }
    List<String> lines = new ArrayList<>();
    reasons.forEach((why, where) -> lines.add("- " + why + " (" + String.join("; ", where) + ")"));
    lines.add(
        "- Where both directions end at once, the check is that no byte is lost; where an end is"
            + " not passed on, that all bytes come; where bytes get lost at the end, it is left"
            + " out. What fails at random is tried again, up to 40 times.");
    list(page, "## Limits of the peers, and what is checked instead", lines);
  }

  private static void absent(StringBuilder page, List<Cell> cells) {
    Map<String, Set<String>> reasons = new TreeMap<>();
    for (Cell cell : cells) {
      String why = cell.absent();
      if (why != null) {
        reasons
            .computeIfAbsent(cell.peer() + ": " + why, key -> new TreeSet<>())
            .add(cell.combination().inner());
      }
    }
    List<String> lines = new ArrayList<>();
    reasons.forEach((why, what) -> lines.add("- " + why + " (" + String.join("; ", what) + ")"));
    list(page, "## What a peer has not", lines);
  }

  private static void list(StringBuilder page, String title, List<String> lines) {
    page.append("\n").append(title).append("\n\n");
    page.append(lines.isEmpty() ? "Nothing." : String.join("\n", lines)).append("\n");
  }
}
