package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text (RFC 8259, nothing beyond) into nodes that know their lines. Gson tells lines
 * only inside the texts of its exceptions, and those are not for people; a test holds the two to
 * the same idea of what JSON is.
 */
final class JsonText {
  /** Far more than any configuration nests. */
  static final int MAX_DEPTH = 64;

  /** The text is not JSON. */
  private static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;
    private final String offending;
    private final String remedy;

    SyntaxException(String message, String offending, String remedy) {
      super(message, null, false, false);
      this.offending = offending;
      this.remedy = remedy;
    }
  }

  private final String text;
  private final String file;
  private final Problems problems;
  private int at;
  private int line = 1;
  private int depth;
  private @Nullable JsonNode inside;

  private JsonText(String text, String file, Problems problems) {
    this.text = text;
    this.file = file;
    this.problems = problems;
  }

  /** Reads the whole text; reports and answers null when it is not JSON. */
  static @Nullable JsonNode read(String text, String file, Problems problems) {
    JsonText reader = new JsonText(text, file, problems);
    try {
      reader.space();
      JsonNode root = reader.value(null, file);
      reader.space();
      if (reader.at < text.length()) {
        throw reader.unexpected("the text goes on behind its end", "remove what follows");
      }
      return root;
    } catch (SyntaxException e) {
      JsonNode parent = reader.inside;
      String path = parent == null ? "" : parent.source().path();
      problems.error(
          new Source(file, reader.line, path),
          e.offending,
          "not JSON: " + e.getMessage(),
          e.remedy);
      return null;
    }
  }

  private JsonNode value(@Nullable JsonNode parent, Object step) throws SyntaxException {
    if (at >= text.length()) {
      throw ended();
    }
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> object(parent, step);
      case '[' -> array(parent, step);
      case '"' -> {
        int begin = line;
        yield new JsonNode(string(), begin, parent, step);
      }
      case 't' -> word("true", true, parent, step);
      case 'f' -> word("false", false, parent, step);
      case 'n' -> word("null", JsonNode.Null.NULL, parent, step);
      default -> {
        if (c == '-' || isDigit(c)) {
          yield new JsonNode(number(), line, parent, step);
        }
        if (c == ']' || c == '}') {
          throw unexpected("a value is missing", "remove the comma, or add the value");
        }
        // "[General]" is how a .conf file begins
        boolean conf = depth == 1 && parent != null && parent.array() != null;
        throw unexpected(
            "a value was expected", conf ? "name a .conf file ….conf" : "texts need double quotes");
      }
    };
  }

  private JsonNode object(@Nullable JsonNode parent, Object step) throws SyntaxException {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    JsonNode node = new JsonNode(members, line, parent, step);
    JsonNode outer = enter(node);
    at++;
    space();
    if (!take('}')) {
      do {
        space();
        if (peek() != '"') {
          throw unexpected(
              peek() == '}' ? "a comma stands before '}'" : "a name in double quotes was expected",
              peek() == '}' ? "remove the comma" : "write \"name\": value");
        }
        int begin = line;
        String name = string();
        space();
        if (!take(':')) {
          throw unexpected("':' was expected behind \"" + name + "\"", "write \"name\": value");
        }
        space();
        JsonNode value = value(node, name);
        JsonNode before = members.putIfAbsent(name, value);
        if (before != null) {
          problems.error(
              new Source(file, begin, value.source().path()),
              name,
              "'" + name + "' is there twice, first in line " + before.line(),
              "remove one of them");
        }
        space();
      } while (take(','));
      if (!take('}')) {
        throw unexpected("',' or '}' was expected", "add a comma between the entries");
      }
    }
    leave(outer);
    return node;
  }

  private JsonNode array(@Nullable JsonNode parent, Object step) throws SyntaxException {
    List<JsonNode> items = new ArrayList<>();
    JsonNode node = new JsonNode(items, line, parent, step);
    JsonNode outer = enter(node);
    at++;
    space();
    if (!take(']')) {
      do {
        space();
        if (peek() == ']') {
          throw unexpected("a comma stands before ']'", "remove the comma");
        }
        items.add(value(node, items.size()));
        space();
      } while (take(','));
      if (!take(']')) {
        throw unexpected("',' or ']' was expected", "add a comma between the items");
      }
    }
    leave(outer);
    return node;
  }

  private @Nullable JsonNode enter(JsonNode node) throws SyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new SyntaxException(
          "it nests deeper than " + MAX_DEPTH + " levels", "", "no configuration needs that");
    }
    JsonNode outer = inside;
    inside = node;
    return outer;
  }

  private void leave(@Nullable JsonNode outer) {
    depth--;
    inside = outer;
  }

  private String string() throws SyntaxException {
    int begin = ++at;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        return text.substring(begin, at++);
      }
      if (c == '\\') {
        return escaped(begin);
      }
      checkPlain(c);
      at++;
    }
    throw new SyntaxException("a text is never closed", "", "add the closing quote");
  }

  private String escaped(int begin) throws SyntaxException {
    StringBuilder s = new StringBuilder(text.substring(begin, at));
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        checkSurrogates(s);
        return s.toString();
      }
      if (c != '\\') {
        at--;
        checkPlain(c);
        at++;
        s.append(c);
        continue;
      }
      char kind = at < text.length() ? text.charAt(at++) : ' ';
      switch (kind) {
        case '"', '\\', '/' -> s.append(kind);
        case 'b' -> s.append('\b');
        case 'f' -> s.append('\f');
        case 'n' -> s.append('\n');
        case 'r' -> s.append('\r');
        case 't' -> s.append('\t');
        case 'u' -> s.append(hex());
        default ->
            throw new SyntaxException(
                "'\\" + kind + "' is no escape", "\\" + kind, "write \\\\ for a backslash");
      }
    }
    throw new SyntaxException("a text is never closed", "", "add the closing quote");
  }

  private char hex() throws SyntaxException {
    if (at + 4 <= text.length()) {
      int code = 0;
      int i = at;
      for (; i < at + 4; i++) {
        char c = text.charAt(i);
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          break;
        }
        code = code * 16 + digit;
      }
      if (i == at + 4) {
        at = i;
        return (char) code;
      }
    }
    throw new SyntaxException(
        "'\\u' needs four hexadecimal digits", "\\u", "write \\u00e4 or the character itself");
  }

  private static void checkSurrogates(CharSequence s) throws SyntaxException {
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < s.length()
          && Character.isLowSurrogate(s.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new SyntaxException(
            "half a surrogate pair is no character", "", "write the character itself");
      }
    }
  }

  private void checkPlain(char c) throws SyntaxException {
    if (c < ' ') {
      throw new SyntaxException(
          c == '\n' || c == '\r'
              ? "a line ends inside a text"
              : "a control character stands in a text",
          "",
          c == '\n' || c == '\r' ? "close the quote, or write \\n" : "write it as an escape");
    }
  }

  private Object number() throws SyntaxException {
    int begin = at;
    take('-');
    boolean fraction = false;
    if (take('0')) {
      if (isDigit(peek())) {
        throw badNumber(begin);
      }
    } else {
      digits(begin);
    }
    if (take('.')) {
      fraction = true;
      digits(begin);
    }
    if (peek() == 'e' || peek() == 'E') {
      fraction = true;
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits(begin);
    }
    if (Character.isLetterOrDigit(peek())) {
      throw badNumber(begin);
    }
    String digits = text.substring(begin, at);
    if (!fraction) {
      try {
        return Long.valueOf(digits);
      } catch (NumberFormatException e) {
        // too large for a long: kept as a double, which no whole-number setting accepts
        return Double.valueOf(digits);
      }
    }
    return Double.valueOf(digits);
  }

  private void digits(int begin) throws SyntaxException {
    if (!isDigit(peek())) {
      throw badNumber(begin);
    }
    while (isDigit(peek())) {
      at++;
    }
  }

  private SyntaxException badNumber(int begin) {
    int end = at;
    while (end < text.length() && end < begin + 20 && " ,]}\r\n\t".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String number = text.substring(begin, end);
    return new SyntaxException(
        "'" + number + "' is no number", number, "write it like 10 or 1.5, or quote a text");
  }

  private JsonNode word(String word, Object value, @Nullable JsonNode parent, Object step)
      throws SyntaxException {
    int end = at + word.length();
    if (!text.startsWith(word, at)
        || (end < text.length() && Character.isLetterOrDigit(text.charAt(end)))) {
      throw unexpected("a value was expected", "texts need double quotes");
    }
    at = end;
    return new JsonNode(value, line, parent, step);
  }

  private void space() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
      at++;
    }
  }

  private boolean take(char c) {
    if (peek() == c && at < text.length()) {
      at++;
      return true;
    }
    return false;
  }

  /** The next character, or NUL at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private SyntaxException unexpected(String message, String remedy) {
    if (at >= text.length()) {
      return ended();
    }
    char c = text.charAt(at);
    int end = at;
    while (end < text.length()
        && end < at + 20
        && (end == at || Character.isLetterOrDigit(text.charAt(end)))) {
      end++;
    }
    String found = text.substring(at, end);
    if (c == '#' || text.startsWith("//", at) || text.startsWith("/*", at)) {
      return new SyntaxException("it has no comments", found, "remove the comment");
    }
    if (c == '\'') {
      return new SyntaxException("single quotes are not quotes", found, "use double quotes");
    }
    String told = message.contains("expected") ? ", not '" + printable(found) + "'" : "";
    return new SyntaxException(message + told, found, remedy);
  }

  private static String printable(String s) {
    return s.chars().allMatch(c -> c >= ' ' && c != 0x7f) ? s : "a control character";
  }

  private SyntaxException ended() {
    JsonNode open = inside;
    return open == null
        ? new SyntaxException("it is empty", "", "write {} at least")
        : new SyntaxException(
            "it ends inside " + open.kind() + " that begins in line " + open.line(),
            "",
            "close it with '" + (open.array() == null ? '}' : ']') + "'");
  }
}
