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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the lines of {@code [Proxy]}: {@code Tag = protocol, address, port, …, key=value}. */
final class ConfProxies {
  /** What could be a key rather than a positional value that holds an equals sign. */
  private static final Pattern KEY = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]+={1,2}");

  private final Draft draft;
  private final ConfSections sections;
  private final Problems problems;

  ConfProxies(Draft draft, ConfSections sections, Problems problems) {
    this.draft = draft;
    this.sections = sections;
    this.problems = problems;
  }

  void read(Line line) {
    Source source = line.source();
    Item assignment = ConfLexer.assignment(line.content());
    String tag = assignment == null ? null : assignment.key();
    List<Item> items = assignment == null ? List.of() : ConfLexer.items(assignment.value());
    if (tag == null || tag.isEmpty() || items.isEmpty()) {
      problems.warning(
          source, "", "the line is not read", "write Tag = protocol, address, port, …");
      return;
    }
    String written = items.getFirst().whole();
    ConfWord word = ConfWord.of(written);
    OutboundType type = word == null ? null : Registry.outbound(word.type());
    if (word == null || type == null) {
      boolean group = Words.groups().contains(written);
      problems.warning(
          source,
          written,
          "outbound '"
              + tag
              + "' is not read: "
              + (group
                  ? "'" + written + "' is a group type"
                  : "unknown protocol '" + written + "'"),
          () ->
              group ? "move the line to [Proxy Group]" : Names.suggest(written, ConfWord.words()));
      draft.unread.putIfAbsent(tag, source);
      return;
    }
    Entry entry = new Entry(tag, word, type, source);
    int first = 1;
    if (word.hasServer(type)) {
      if (!server(entry, items)) {
        draft.unread.putIfAbsent(tag, source);
        return;
      }
      first = 3;
    }
    for (int i = first; i < items.size(); i++) {
      item(entry, items.get(i), i - first, i + 1);
    }
    aliases(entry);
    new ConfStack(draft, sections, problems).add(entry.stack());
  }

  /** One line while it is being read. */
  private static final class Entry {
    private final String tag;
    private final ConfWord word;
    private final OutboundType type;
    private final Source source;
    private final Map<String, Value> main = new LinkedHashMap<>();
    private final Map<String, String> layered = new LinkedHashMap<>();
    private final Map<String, String> given = new LinkedHashMap<>();
    private final Set<String> keys;

    Entry(String tag, ConfWord word, OutboundType type, Source source) {
      this.tag = tag;
      this.word = word;
      this.type = type;
      this.source = source;
      this.keys = keysOf(word, type);
    }

    private static Set<String> keysOf(ConfWord word, OutboundType type) {
      Set<String> keys = new TreeSet<>(word.aliases().keySet());
      for (String name : Keys.names(type.keys())) {
        if (!word.hasServer(type) || (!name.equals("address") && !name.equals("port"))) {
          keys.add(Names.kebab(name));
        }
      }
      keys.addAll(word.layerKeys());
      keys.add(Keys.INTERFACE);
      return keys;
    }

    String owner() {
      return "outbound '" + tag + "'";
    }

    ConfStack.Node stack() {
      return new ConfStack.Node(tag, word, type, source, main, layered);
    }
  }

  /** Reads address and port; reports and answers false when they are not there. */
  private boolean server(Entry entry, List<Item> items) {
    if (items.size() < 3 || items.get(1).key() != null || items.get(2).key() != null) {
      problems.error(
          entry.source,
          "",
          entry.owner() + ": address and port are missing",
          "write " + entry.tag + " = " + items.getFirst().whole() + ", <address>, <port>");
      return false;
    }
    String port = items.get(2).value();
    if (Addresses.port(port) <= 0) {
      problems.error(
          entry.source,
          port,
          entry.owner() + ": '" + port + "' is not a port",
          "use a number from 1 to 65535");
      return false;
    }
    entry.main.put("address", new Value(items.get(1).value(), entry.source));
    entry.main.put("port", new Value(port, entry.source));
    return true;
  }

  private void item(Entry entry, Item item, int position, int number) {
    String key = item.key();
    List<String> positionals = entry.word.positionals();
    if (key == null || isPositional(entry, item, key)) {
      String value = key == null ? item.value() : ConfLexer.unquoted(item.whole());
      if (position < positionals.size()) {
        entry.given.put(ConfWord.POSITIONAL + positionals.get(position), value);
      } else {
        problems.warning(
            entry.source,
            "",
            entry.owner() + ": item " + number + " is not read",
            positionals.isEmpty()
                ? "write it as key=value"
                : "put " + String.join(" and ", positionals) + " right behind the port");
      }
      return;
    }
    if (item.value().isEmpty()) {
      problems.warning(
          entry.source,
          key,
          entry.owner() + ": '" + key + "' has no value",
          "write one, or remove it");
      return;
    }
    boolean known = entry.keys.contains(key);
    if (!known) {
      String what =
          ConfStack.KEYS.contains(key)
              ? "'" + key + "' has no effect on " + entry.word.type()
              : "unknown key '" + key + "'";
      problems.warning(
          entry.source,
          key,
          entry.owner() + ": " + what,
          () -> ConfStack.KEYS.contains(key) ? "remove it" : Names.suggest(key, entry.keys));
      return;
    }
    if (entry.given.put(key, item.value()) != null) {
      problems.warning(
          entry.source,
          key,
          entry.owner() + ": '" + key + "' is there twice, the last one counts",
          "remove one of them");
    }
  }

  /**
   * Whether an item with an equals sign is a value all the same: Base64 padding, or text in front
   * of the sign that no key looks like.
   */
  private boolean isPositional(Entry entry, Item item, String key) {
    if (entry.keys.contains(key)) {
      return false;
    }
    boolean padded = item.whole().length() % 4 == 0 && BASE64.matcher(item.whole()).matches();
    return padded || !KEY.matcher(key).matches();
  }

  /** Sorts what was given into the node's own settings and those of its layers. */
  private void aliases(Entry entry) {
    List<String> own = Keys.names(entry.type.keys());
    Map<String, String> winners = new LinkedHashMap<>();
    for (String key : entry.word.precedence(entry.given.keySet())) {
      String value = entry.given.get(key);
      if (value == null) {
        continue;
      }
      if (entry.word.layerKeys().contains(key)) {
        entry.layered.put(key, value);
        continue;
      }
      String name = entry.word.setting(key);
      String before = winners.putIfAbsent(name, key);
      if (before != null) {
        problems.warning(
            entry.source,
            "",
            entry.owner()
                + ": "
                + ConfWord.spoken(key)
                + " has no effect beside "
                + ConfWord.spoken(before),
            "remove one of them");
        continue;
      }
      if (own.contains(name) || name.equals(Keys.INTERFACE)) {
        String pem = name.equals("certificate") ? sections.certificate(value) : null;
        entry.main.put(name, value(name, pem == null ? value : pem, entry.source));
      }
    }
    entry.word.defaults().forEach((k, v) -> entry.main.putIfAbsent(k, new Value(v, entry.source)));
  }

  private static Value value(String name, String text, Source source) {
    return name.equals("actors") ? ConfGroups.parts(text, source) : new Value(text, source);
  }

  /** The settings of a part of this line. */
  static Settings settings(
      String owner, Source source, Map<String, Value> values, Problems problems) {
    return new Settings(owner, source, values, true, problems);
  }

  /** A value, or none for a null text. */
  static void put(Map<String, Value> values, String key, @Nullable String text, Source source) {
    if (text != null) {
      values.put(key, new Value(text, source));
    }
  }

  /** A list of the items of a text. */
  static void putList(Map<String, Value> values, String key, @Nullable String text, Source source) {
    if (text != null) {
      List<Value> items = new ArrayList<>();
      for (Item item : ConfLexer.items(text)) {
        items.add(new Value(item.whole(), source));
      }
      values.put(key, new Value(items, source));
    }
  }
}
