package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a JSON text with its place. The path is made only when it is asked for, so that a
 * list of a million names costs no paths.
 */
final class JsonNode {
  private final Object raw;
  private final int line;
  private final @Nullable JsonNode parent;
  private final Object step;

  /**
   * @param raw String, Long, Double, Boolean, {@code List<JsonNode>}, {@code Map<String,
   *     JsonNode>}, or {@link Null}
   * @param step the key (String) or index (Integer) in the parent; at the root the file's name
   */
  JsonNode(Object raw, int line, @Nullable JsonNode parent, Object step) {
    this.raw = raw;
    this.line = line;
    this.parent = parent;
    this.step = step;
  }

  /** The value of a JSON null. */
  enum Null {
    NULL
  }

  Object raw() {
    return raw;
  }

  boolean isNull() {
    return raw instanceof Null;
  }

  int line() {
    return line;
  }

  @SuppressWarnings("unchecked") // only made with nodes as values
  @Nullable Map<String, JsonNode> object() {
    return raw instanceof Map<?, ?> map ? (Map<String, JsonNode>) map : null;
  }

  @SuppressWarnings("unchecked") // only made with nodes as values
  @Nullable List<JsonNode> array() {
    return raw instanceof List<?> list ? (List<JsonNode>) list : null;
  }

  /** The kind of value, for messages. */
  String kind() {
    return switch (raw) {
      case String s -> "text";
      case Number n -> "a number";
      case Boolean b -> "true or false";
      case List<?> l -> "a list";
      case Map<?, ?> m -> "an object";
      default -> "null";
    };
  }

  /** The value as written, for messages; empty for what is not one word. */
  String text() {
    return raw instanceof String || raw instanceof Number || raw instanceof Boolean
        ? raw.toString()
        : "";
  }

  Source source() {
    StringBuilder path = new StringBuilder();
    return new Source(appendPath(path), line, path.toString());
  }

  /** Appends the path from the root and answers the file's name. */
  private String appendPath(StringBuilder path) {
    if (parent == null) {
      return (String) step;
    }
    String file = parent.appendPath(path);
    if (step instanceof Integer index) {
      path.append('[').append((int) index).append(']');
    } else {
      if (!path.isEmpty()) {
        path.append('.');
      }
      path.append(step);
    }
    return file;
  }
}
