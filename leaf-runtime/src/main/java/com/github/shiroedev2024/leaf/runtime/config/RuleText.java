package com.github.shiroedev2024.leaf.runtime.config;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A JSON rule in one line, in the spelling of {@code .conf}. */
final class RuleText {
  private static final int SHOWN = 3;

  private RuleText() {}

  /** {@code DOMAIN,a.example,OUT}; several values with bars, several kinds with ampersands. */
  static String of(Map<RuleKind, List<Draft.Text>> terms, String target) {
    StringJoiner kinds = new StringJoiner(" & ");
    terms.forEach(
        (kind, texts) -> {
          StringJoiner values = new StringJoiner("|", kind.word() + ",", "");
          for (Draft.Text text : texts.subList(0, Math.min(SHOWN, texts.size()))) {
            values.add(text.value());
          }
          int more = texts.size() - SHOWN;
          kinds.add(more > 0 ? values + "|… (" + more + " more)" : values.toString());
        });
    return kinds + "," + target;
  }
}
