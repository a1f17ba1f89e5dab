package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object by their camelCase names (snake_case is accepted), nulls left out.
 * Getters report a value of the wrong kind and answer null.
 */
final class JsonFields {
  private final String owner;
  private final JsonNode node;
  private final Map<String, JsonNode> fields = new LinkedHashMap<>();
  private final Problems problems;

  private JsonFields(String owner, JsonNode node, Problems problems) {
    this.owner = owner;
    this.node = node;
    this.problems = problems;
  }

  /** The fields of an object; reports and answers null when the node is none. */
  static @Nullable JsonFields of(String owner, JsonNode node, Problems problems) {
    Map<String, JsonNode> members = node.object();
    if (members == null) {
      problems.error(
          node.source(),
          node.text(),
          owner + " must be an object, not " + node.kind(),
          "write {\"name\": value}");
      return null;
    }
    JsonFields fields = new JsonFields(owner, node, problems);
    members.forEach(fields::add);
    return fields;
  }

  private void add(String name, JsonNode value) {
    if (value.isNull()) {
      return;
    }
    String camel = name.indexOf('_') < 0 ? name : Names.camel(name);
    JsonNode before = fields.putIfAbsent(camel, value);
    if (before != null) {
      problems.error(
          value.source(),
          name,
          owner + ": '" + name + "' is there twice, first in line " + before.line(),
          "remove one of them");
    }
  }

  String owner() {
    return owner;
  }

  Source source() {
    return node.source();
  }

  boolean has(String key) {
    return fields.containsKey(key);
  }

  @Nullable JsonNode node(String key) {
    return fields.get(key);
  }

  Collection<String> keys() {
    return fields.keySet();
  }

  @Nullable String text(String key) {
    JsonNode value = fields.get(key);
    return value == null ? null : text(value, "'" + key + "'");
  }

  /** The text of a node that must be one. */
  @Nullable String text(JsonNode value, String what) {
    if (value.raw() instanceof String s) {
      return s;
    }
    wrong(value, what, "text", "put it in double quotes");
    return null;
  }

  /** A whole number within bounds. */
  @Nullable Long number(String key, long min, long max) {
    JsonNode value = fields.get(key);
    if (value == null) {
      return null;
    }
    if (value.raw() instanceof Long n && n >= min && n <= max) {
      return n;
    }
    problems.error(
        value.source(),
        value.text(),
        owner
            + ": '"
            + key
            + "' must be a whole number, not "
            + (value.raw() instanceof String
                ? "text"
                : value.text().isEmpty() ? value.kind() : value.text()),
        "use a number from " + min + " to " + max);
    return null;
  }

  /** The items of a list; empty when it is absent or no list. */
  List<JsonNode> list(String key) {
    JsonNode value = fields.get(key);
    if (value == null) {
      return List.of();
    }
    List<JsonNode> items = value.array();
    if (items == null) {
      wrong(value, "'" + key + "'", "a list", "write [ … ]");
      return List.of();
    }
    return items;
  }

  /** The texts of a list, with their places; other items are reported and left out. */
  List<Draft.Text> texts(String key) {
    List<Draft.Text> texts = new ArrayList<>();
    for (JsonNode item : list(key)) {
      String text = text(item, "an item of '" + key + "'");
      if (text != null) {
        texts.add(new Draft.Text(text, item::source));
      }
    }
    return texts;
  }

  /** The fields of an object inside this one; null when it is absent or no object. */
  @Nullable JsonFields object(String key) {
    JsonNode value = fields.get(key);
    return value == null ? null : of(key, value, problems);
  }

  private void wrong(JsonNode value, String what, String wanted, String remedy) {
    problems.error(
        value.source(),
        value.text(),
        owner + ": " + what + " must be " + wanted + ", not " + value.kind(),
        remedy);
  }

  /** Warns of every field that is none of these. */
  void warnUnknown(Collection<String> known) {
    fields.forEach(
        (key, value) -> {
          if (!known.contains(key)) {
            problems.warning(
                value.source(),
                key,
                owner + ": unknown key '" + key + "'",
                () -> Names.suggest(key, known));
          }
        });
  }

  /** One field as a value with places; null when it is absent. */
  @Nullable Value value(String key) {
    JsonNode from = fields.get(key);
    return from == null ? null : value(from);
  }

  /** All fields as values with places. */
  Map<String, Value> values() {
    Map<String, Value> values = new LinkedHashMap<>();
    fields.forEach((key, value) -> values.put(key, value(value)));
    return values;
  }

  private Value value(JsonNode from) {
    List<JsonNode> items = from.array();
    if (items != null) {
      List<Value> list = new ArrayList<>(items.size());
      for (JsonNode item : items) {
        if (item.isNull()) {
          wrong(item, "an item of a list", "a value", "remove it");
        } else {
          list.add(value(item));
        }
      }
      return new Value(list, from.source());
    }
    Map<String, JsonNode> members = from.object();
    if (members != null) {
      Map<String, Value> map = new LinkedHashMap<>();
      members.forEach(
          (key, member) -> {
            if (!member.isNull()) {
              map.put(key, value(member));
            }
          });
      return new Value(map, from.source());
    }
    return new Value(from.raw(), from.source());
  }
}
