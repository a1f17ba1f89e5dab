package com.github.shiroedev2024.leaf.engine.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 message: its first line, split at blanks, and its fields (RFC 9112,
 * sections 2 to 5).
 *
 * @param fields by lower-case name, each with its values in order
 */
public record Head(String first, String second, String third, Map<String, List<String>> fields) {
  /**
   * Takes a head apart.
   *
   * @param text the whole head, one character for each byte, up to its empty line
   */
  static Head parse(String text) throws HeadFormatException {
    String[] lines = text.split("\r?\n", -1);
    String[] words = lines[0].split(" ", 3);
    if (words.length < 2) {
      throw new HeadFormatException("begins with neither a request nor a status");
    }
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (int i = 1; i < lines.length - 2; i++) { // the last two are the empty line and nothing
      String line = lines[i];
      int colon = line.indexOf(':');
      if (colon < 0 || !HttpText.isToken(line.substring(0, colon))) {
        throw new HeadFormatException("has a line that is no field");
      }
      String value = line.substring(colon + 1).strip();
      if (!HttpText.isFieldValue(value)) {
        throw new HeadFormatException("has a field with control characters");
      }
      fields
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
          .add(value);
    }
    return new Head(words[0], words[1], words.length < 3 ? "" : words[2], fields);
  }

  /** The first value of a field, or null. */
  public @Nullable String field(String name) {
    List<String> values = fields.get(name.toLowerCase(Locale.ROOT));
    return values == null ? null : values.getFirst();
  }

  /** All values of a field as one list; empty when there is none. */
  public String joined(String name) {
    return String.join(", ", fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  /** Whether a field that is a list of words has this one, in any case. */
  public boolean has(String name, String word) {
    for (String each : joined(name).split(",", -1)) {
      if (each.strip().equalsIgnoreCase(word)) {
        return true;
      }
    }
    return false;
  }
}
