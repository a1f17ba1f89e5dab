package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.runtime.config.ConfLexer.Item;
import com.github.shiroedev2024.leaf.runtime.config.ConfSections.Line;
import com.github.shiroedev2024.leaf.runtime.config.ConfSections.Section;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** Reads the {@code .conf} format. */
final class ConfReader {
  private final Draft draft;
  private final ConfSections sections;
  private final Problems problems;

  private ConfReader(Draft draft, ConfSections sections, Problems problems) {
    this.draft = draft;
    this.sections = sections;
    this.problems = problems;
  }

  static Draft read(String text, String file, Problems problems) {
    Draft draft = new Draft(file, true);
    ConfSections sections = ConfSections.read(text, file, problems);
    ConfReader reader = new ConfReader(draft, sections, problems);
    reader.env();
    new ConfGeneral(draft, problems).read(sections.lines(Section.GENERAL));
    ConfProxies proxies = new ConfProxies(draft, sections, problems);
    sections.lines(Section.PROXY).forEach(proxies::read);
    ConfGroups groups = new ConfGroups(draft, problems);
    sections.lines(Section.PROXY_GROUP).forEach(groups::read);
    reader.rules();
    sections.lines(Section.HOST).forEach(reader::host);
    return draft;
  }

  private void env() {
    for (Line line : sections.lines(Section.ENV)) {
      Item item = ConfLexer.assignment(line.content());
      String key = item == null ? null : item.key();
      if (item == null || key == null || key.isEmpty()) {
        notRead(line, "write NAME = value");
        continue;
      }
      String value = ConfLexer.unquoted(item.value());
      Draft.Text before = draft.env.put(key, new Draft.Text(value, line::source));
      if (before != null) {
        repeated(before.source(), key, line.source());
      }
    }
  }

  private void host(Line line) {
    Item item = ConfLexer.assignment(line.content());
    String name = item == null ? null : item.key();
    if (item == null || name == null || name.isEmpty()) {
      notRead(line, "write name = address");
      return;
    }
    List<Draft.Text> addresses = new ArrayList<>();
    for (Item address : ConfLexer.items(item.value())) {
      addresses.add(new Draft.Text(ConfLexer.unquoted(address.whole()), line::source));
    }
    draft.hosts.add(new Draft.Host(name, addresses, line.source()));
  }

  private void rules() {
    List<Line> lines = sections.lines(Section.RULE);
    for (int i = 0; i < lines.size(); i++) {
      if (rule(lines.get(i)) && i + 1 < lines.size()) {
        int left = lines.size() - i - 1;
        problems.warning(
            lines.get(i + 1).source(),
            lines.get(i + 1).content(),
            left == 1
                ? "the rule behind FINAL is not read"
                : "the " + left + " rules behind FINAL are not read",
            "move FINAL to the end");
        return;
      }
    }
  }

  /** Reads one rule; true when it is FINAL. */
  private boolean rule(Line line) {
    List<String> items = new ArrayList<>();
    for (Item item : ConfLexer.items(line.content())) {
      items.add(ConfLexer.unquoted(item.whole()));
    }
    String word = items.isEmpty() ? "" : items.getFirst();
    boolean last = word.equals("FINAL");
    RuleKind kind = RuleKind.ofWord(word);
    if (!last && kind == null) {
      problems.warning(
          line.source(),
          line.content(),
          "unknown rule type '" + word + "', the rule is not read",
          () -> Names.suggest(word, RuleKind.words()));
      return false;
    }
    int wanted = last ? 2 : 3;
    if (items.size() < wanted) {
      if (last) {
        problems.error(
            line.source(), line.content(), "FINAL names no outbound", "write FINAL,<outbound>");
      } else {
        problems.warning(
            line.source(),
            line.content(),
            "the rule has too few items and is not read",
            "write " + word + ",<value>,<outbound>");
      }
      return last;
    }
    if (items.size() > wanted) {
      problems.warning(
          line.source(),
          items.get(wanted),
          "'" + items.get(wanted) + "' behind the rule's outbound has no meaning",
          "remove it");
    }
    Draft.Text target = new Draft.Text(items.get(wanted - 1), line::source);
    if (kind == null) {
      draft.finalTarget = target;
      return true;
    }
    EnumMap<RuleKind, List<Draft.Text>> terms = new EnumMap<>(RuleKind.class);
    terms.put(kind, List.of(new Draft.Text(items.get(1), line::source)));
    draft.rules.add(
        new Draft.Rule(RuleText.of(terms, target.value()), terms, target, line::source));
    return false;
  }

  private void notRead(Line line, String remedy) {
    problems.warning(line.source(), line.content(), "the line is not read", remedy);
  }

  private void repeated(Source before, String key, Source again) {
    problems.warning(
        before,
        key,
        "'" + key + "' has no effect here: line " + again.line() + " sets it again",
        "remove one of them");
  }
}
