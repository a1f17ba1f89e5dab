package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The lines of a {@code .conf} file by their sections. */
final class ConfSections {
  /** A line that says something, its comment taken off. */
  record Line(String content, Source source) {}

  /** The sections that hold lines of the same kind. */
  enum Section {
    GENERAL("General"),
    ENV("Env"),
    PROXY("Proxy"),
    PROXY_GROUP("Proxy Group"),
    RULE("Rule"),
    HOST("Host");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }

    private static @Nullable Section of(String folded) {
      for (Section section : values()) {
        if (fold(section.title).equals(folded)) {
          return section;
        }
      }
      return null;
    }
  }

  private static final Pattern HEADER = Pattern.compile("\\[([^\\[\\]]*)\\]");
  private static final Pattern LINE_END = Pattern.compile("\r?\n|\r");

  private final String file;
  private final Problems problems;
  private final Map<Section, List<Line>> lines = new LinkedHashMap<>();
  private final Map<String, StringBuilder> certificates = new LinkedHashMap<>();
  private final Map<String, StringBuilder> ech = new LinkedHashMap<>();

  private ConfSections(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  static ConfSections read(String text, String file, Problems problems) {
    ConfSections sections = new ConfSections(file, problems);
    sections.split(text);
    return sections;
  }

  List<Line> lines(Section section) {
    return lines.getOrDefault(section, List.of());
  }

  /** The text of {@code [Certificate.NAME]}, or null when there is no such section. */
  @Nullable String certificate(String name) {
    StringBuilder text = certificates.get(name);
    return text == null ? null : text.toString();
  }

  /** The text of {@code [Ech.NAME]}, or null when there is no such section. */
  @Nullable String ech(String name) {
    StringBuilder text = ech.get(name);
    return text == null ? null : text.toString();
  }

  private void split(String text) {
    List<Line> into = null;
    StringBuilder pem = null;
    boolean ignoring = false;
    boolean toldOutside = false;
    int number = 0;
    for (String raw : (Iterable<String>) LINE_END.splitAsStream(text)::iterator) {
      number++;
      String content = ConfLexer.content(raw);
      if (content.isEmpty()) {
        continue;
      }
      Source source = new Source(file, number, "");
      var header = HEADER.matcher(content);
      if (header.matches()) {
        String name = header.group(1).strip();
        into = null;
        pem = pem(name, source);
        Section section = pem == null ? Section.of(fold(name)) : null;
        ignoring = pem == null && section == null;
        if (section != null) {
          into = lines.computeIfAbsent(section, s -> new ArrayList<>());
        } else if (ignoring) {
          unknown(name, source);
        }
      } else if (content.startsWith("[") && content.indexOf(']') < 0) {
        problems.warning(
            source,
            content,
            "'" + content + "' begins no section",
            "close the bracket: write " + content + "]");
      } else if (into != null) {
        if (ConfLexer.opensInVain(content)) {
          problems.warning(
              source,
              "",
              "a quote at the start of a value is not closed at its end and counts as a character",
              "close it; a quote inside quotes is written twice");
        }
        into.add(new Line(content, source));
      } else if (pem != null) {
        if (!raw.strip().startsWith("#")) {
          pem.append(raw.strip()).append('\n');
        }
      } else if (!ignoring && !toldOutside) {
        toldOutside = true;
        problems.warning(
            source,
            "",
            "lines before the first section are not read",
            "put a section line such as [General] above");
      }
    }
  }

  private void unknown(String name, Source source) {
    problems.warning(
        source,
        "[" + name + "]",
        "unknown section [" + name + "], its lines are not read",
        () -> suggestion(name));
  }

  private static String suggestion(String name) {
    List<String> titles = new ArrayList<>();
    for (Section section : Section.values()) {
      titles.add(section.title());
    }
    titles.add("Certificate.NAME");
    titles.add("Ech.NAME");
    return Names.suggest(name, titles);
  }

  /** The text that the lines of a certificate or ECH section go to; null for other sections. */
  private @Nullable StringBuilder pem(String name, Source source) {
    for (String word : List.of("certificate", "ech")) {
      if (!name.toLowerCase(Locale.ROOT).startsWith(word)) {
        continue;
      }
      String rest = name.substring(word.length()).strip();
      if (rest.startsWith(".") || rest.startsWith("_")) {
        rest = rest.substring(1).strip();
      }
      if (rest.isEmpty()) {
        problems.warning(
            source,
            "[" + name + "]",
            "section [" + name + "] has no name, nothing can use it",
            "write [" + (word.equals("ech") ? "Ech" : "Certificate") + ".NAME]");
      }
      return (word.equals("ech") ? ech : certificates)
          .computeIfAbsent(rest, n -> new StringBuilder());
    }
    return null;
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT).replace(" ", "").replace("_", "");
  }
}
