package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.runtime.config.ConfLexer.Item;
import com.github.shiroedev2024.leaf.runtime.config.ConfSections.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the lines of {@code [Proxy Group]}. */
final class ConfGroups {
  private final Draft draft;
  private final Problems problems;
  private final List<String> words = Words.groups();

  ConfGroups(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  void read(Line line) {
    Source source = line.source();
    Item assignment = ConfLexer.assignment(line.content());
    String tag = assignment == null ? null : assignment.key();
    List<Item> items = assignment == null ? List.of() : ConfLexer.items(assignment.value());
    if (tag == null || tag.isEmpty() || items.isEmpty()) {
      problems.warning(
          source, line.content(), "the line is not read", "write Tag = type, member, member");
      return;
    }
    String word = items.getFirst().whole();
    OutboundType type = words.contains(word) ? Registry.outbound(word) : null;
    if (type == null) {
      boolean proxy = Registry.outbound(word) != null;
      problems.warning(
          source,
          word,
          "group '"
              + tag
              + "' is not read: "
              + (proxy ? "'" + word + "' is no group type" : "unknown type '" + word + "'"),
          () -> proxy ? "move the line to [Proxy]" : Names.suggest(word, words));
      draft.unread.putIfAbsent(tag, source);
      return;
    }
    String owner = (type.isGroup() ? "group '" : "chain '") + tag + "'";
    List<String> known = Keys.names(type.keys());
    Map<String, Value> values = new LinkedHashMap<>();
    List<Value> actors = new ArrayList<>();
    for (Item item : items.subList(1, items.size())) {
      String key = item.key();
      if (key == null) {
        actors.add(new Value(item.value(), source));
        continue;
      }
      String camel = Names.camel(key);
      if (!known.contains(camel) || camel.equals("actors") || !key.equals(Names.kebab(camel))) {
        List<String> spelt = new ArrayList<>();
        for (String name : known) {
          if (!name.equals("actors")) {
            spelt.add(Names.kebab(name));
          }
        }
        problems.warning(
            source, key, owner + ": unknown key '" + key + "'", () -> Names.suggest(key, spelt));
      } else if (item.value().isEmpty()) {
        problems.warning(
            source, key, owner + ": '" + key + "' has no value", "write one, or remove it");
      } else {
        Value value =
            camel.equals("healthCheckPrefers")
                ? parts(item.value(), source)
                : new Value(item.value(), source);
        if (values.put(camel, value) != null) {
          problems.warning(
              source,
              key,
              owner + ": '" + key + "' is there twice, the last one counts",
              "remove one of them");
        }
      }
    }
    if (!actors.isEmpty()) {
      values.put("actors", new Value(actors, source));
    }
    draft.outbounds.add(
        Draft.Outbound.plain(tag, word, type, new Settings(owner, source, values, true, problems)));
  }

  /** A list of tags joined by colons. */
  static Value parts(String joined, Source source) {
    List<Value> parts = new ArrayList<>();
    for (String part : joined.split(":", -1)) {
      if (!part.isBlank()) {
        parts.add(new Value(part.strip(), source));
      }
    }
    return new Value(parts, source);
  }
}
