package com.github.shiroedev2024.leaf.runtime.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lexical rules of a {@code .conf} line.
 *
 * <p>A {@code #} begins a comment at the start of a line or behind white space. A value may stand
 * in double quotes to hold commas, number signs and outer spaces; a doubled quote inside is one
 * quote. Quotes count only around a whole value: a quote elsewhere is an ordinary character.
 */
final class ConfLexer {
  private ConfLexer() {}

  /**
   * One part of a comma-separated list.
   *
   * @param key the text before the first equals sign, or null when there is none
   * @param value the text behind it, or the whole item; without its quotes
   * @param whole the item as written
   */
  record Item(@Nullable String key, String value, String whole) {}

  /** The line without its comment and outer white space. */
  static String content(String line) {
    boolean valueStart = true;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '#' && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
        return line.substring(0, i).strip();
      }
      if (c == '"' && valueStart) {
        int close = closingQuote(line, i);
        if (close > 0) {
          i = close;
          valueStart = false;
          continue;
        }
      }
      valueStart = c == ',' || c == '=' || (valueStart && Character.isWhitespace(c));
    }
    return line.strip();
  }

  /** Whether a value begins with a quote that is not closed behind it, and so is no quote. */
  static boolean opensInVain(String content) {
    boolean valueStart = true;
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      if (c == '"' && valueStart) {
        int close = closingQuote(content, i);
        if (close < 0) {
          return true;
        }
        i = close;
      }
      valueStart = c == ',' || c == '=' || (valueStart && Character.isWhitespace(c));
    }
    return false;
  }

  /** Where the quote that opens here is closed, or -1 when it is an ordinary character. */
  private static int closingQuote(String line, int open) {
    for (int i = open + 1; i < line.length(); i++) {
      if (line.charAt(i) != '"') {
        continue;
      }
      if (i + 1 < line.length() && line.charAt(i + 1) == '"') {
        i++;
        continue;
      }
      int next = i + 1;
      while (next < line.length() && Character.isWhitespace(line.charAt(next))) {
        next++;
      }
      boolean ends =
          next == line.length()
              || line.charAt(next) == ','
              || line.charAt(next) == '='
              || (line.charAt(next) == '#' && next > i + 1);
      return ends ? i : -1;
    }
    return -1;
  }

  /** The items of a comma-separated list, trimmed; empty ones are left out. */
  static List<Item> items(String content) {
    List<Item> items = new ArrayList<>();
    int begin = 0;
    boolean valueStart = true;
    int equals = -1;
    for (int i = 0; i <= content.length(); i++) {
      char c = i == content.length() ? ',' : content.charAt(i);
      if (c == ',') {
        add(items, content, begin, i, equals);
        begin = i + 1;
        equals = -1;
        valueStart = true;
        continue;
      }
      if (c == '"' && valueStart) {
        int close = closingQuote(content, i);
        if (close > 0) {
          i = close;
          valueStart = false;
          continue;
        }
      }
      if (c == '=' && equals < 0) {
        equals = i;
        valueStart = true;
      } else if (!Character.isWhitespace(c)) {
        valueStart = false;
      }
    }
    return items;
  }

  private static void add(List<Item> items, String content, int begin, int end, int equals) {
    String whole = content.substring(begin, end).strip();
    if (whole.isEmpty()) {
      return;
    }
    if (equals < 0) {
      items.add(new Item(null, unquoted(whole), whole));
    } else {
      items.add(
          new Item(
              unquoted(content.substring(begin, equals).strip()),
              unquoted(content.substring(equals + 1, end).strip()),
              whole));
    }
  }

  /**
   * Splits {@code key = rest} at the first equals sign outside of quotes; the rest keeps its
   * quotes. Null when there is no equals sign.
   */
  static @Nullable Item assignment(String content) {
    int from = content.startsWith("\"") ? Math.max(0, closingQuote(content, 0)) : 0;
    int equals = content.indexOf('=', from);
    return equals < 0
        ? null
        : new Item(
            unquoted(content.substring(0, equals).strip()),
            content.substring(equals + 1).strip(),
            content);
  }

  /** The text without quotes around the whole of it, if there are any. */
  static String unquoted(String text) {
    if (text.startsWith("\"") && closingQuote(text, 0) == text.length() - 1) {
      return text.substring(1, text.length() - 1).replace("\"\"", "\"");
    }
    return text;
  }
}
