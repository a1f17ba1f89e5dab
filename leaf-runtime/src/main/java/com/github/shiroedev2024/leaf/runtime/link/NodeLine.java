package com.github.shiroedev2024.leaf.runtime.link;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code [Proxy]} in the making.
 *
 * @param tag the node's name
 * @param word the protocol
 * @param address the server's name or IP, without brackets
 * @param positionals what stands behind the port, in order
 * @param keys what follows as {@code key=value}, in order
 */
public record NodeLine(
    String tag,
    String word,
    String address,
    int port,
    List<String> positionals,
    Map<String, String> keys) {
  private static final String SPECIAL = ",=#\"[]";

  public NodeLine {
    positionals = List.copyOf(positionals);
    keys = new LinkedHashMap<>(keys);
  }

  /** The same node by another name. */
  public NodeLine named(String other) {
    return new NodeLine(other, word, address, port, positionals, keys);
  }

  /** The line as the configuration reads it. */
  public String text() {
    StringBuilder line = new StringBuilder(quoted(tag)).append(" = ").append(word);
    line.append(", ").append(quoted(address)).append(", ").append(port);
    positionals.forEach(value -> line.append(", ").append(quoted(value)));
    keys.forEach((key, value) -> line.append(", ").append(key).append('=').append(quoted(value)));
    return line.toString();
  }

  /** Names come from anybody, values from JSON too: none may begin another line. */
  private static String quoted(String raw) {
    String value = oneLine(raw);
    boolean plain = !value.isEmpty() && value.strip().equals(value);
    for (int i = 0; plain && i < value.length(); i++) {
      plain = SPECIAL.indexOf(value.charAt(i)) < 0;
    }
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\x{85}\\x{2028}\\x{2029}]+", " ");
  }

  /**
   * Reads the line as a configuration would, and answers it when that works.
   *
   * @throws LinkException with what the reader says against it
   */
  NodeLine checked() throws LinkException {
    List<Problem> problems =
        ConfigReader.read("[Proxy]\n" + text() + "\n", "link", Map.of()).problems();
    for (Problem problem : problems) {
      if (problem.isError() || problem.text().equals(tag)) {
        throw new LinkException(problem.message());
      }
    }
    return this;
  }

  /** A name that none of these have: with a number behind it if need be. */
  static String free(String wanted, Set<String> taken) {
    String name = wanted;
    for (int n = 2; taken.contains(name); n++) {
      name = wanted + " " + n;
    }
    return name;
  }

  /** A name on one line; the server when there is none. */
  static String name(@Nullable String given, String address, int port) {
    String name = given == null ? "" : oneLine(given).strip();
    return name.isEmpty() ? address + ":" + port : name;
  }
}
