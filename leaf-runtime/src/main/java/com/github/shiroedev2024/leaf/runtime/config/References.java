package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that every named tag exists, that tags are unique, and that nothing contains itself. */
final class References {
  /** One part and what it names. */
  private record Part(Settings settings, List<String> names) {}

  private final String kind;
  private final Map<String, Source> unread;
  private final Problems problems;
  private final Map<String, Part> parts = new LinkedHashMap<>();

  /**
   * @param kind what the parts are, for messages: {@code outbound}
   * @param unread where parts were defined that could not be read, by tag
   */
  References(String kind, Map<String, Source> unread, Problems problems) {
    this.kind = kind;
    this.unread = unread;
    this.problems = problems;
  }

  /** Adds a part; reports a tag that is taken. */
  void add(String tag, Settings settings, List<String> names) {
    Part before = parts.putIfAbsent(tag, new Part(settings, names));
    if (before != null) {
      problems.error(
          settings.source(),
          tag,
          tag.isEmpty()
              ? "two "
                  + kind
                  + "s have no tag, the first is in line "
                  + before.settings.source().line()
              : "the "
                  + kind
                  + " tag '"
                  + tag
                  + "' is taken, first in line "
                  + before.settings.source().line(),
          "give each " + kind + " its own tag");
    }
  }

  /** Reports when there is no part of this tag. */
  void require(String tag, Source source, String who) {
    if (parts.containsKey(tag)) {
      return;
    }
    Source ignored = unread.get(tag);
    problems.error(
        source,
        tag,
        who
            + " names the "
            + (ignored == null
                ? "unknown " + kind + " '" + tag + "'"
                : kind + " '" + tag + "', which line " + ignored.line() + " fails to define"),
        () -> ignored == null ? Names.suggest(tag, parts.keySet()) : "correct that line");
  }

  /** Checks what all parts name. */
  void check() {
    parts.forEach(
        (tag, part) -> {
          Set<String> told = new HashSet<>();
          for (String name : part.names) {
            if (told.add(name)) {
              require(name, sourceOf(part, name), part.settings.owner());
            }
          }
        });
    cycles();
  }

  /** Where a part names another. */
  Source sourceOf(String tag, String name) {
    Part part = parts.get(tag);
    return part == null ? Source.NONE : sourceOf(part, name);
  }

  private static Source sourceOf(Part part, String name) {
    for (String key : part.settings.keys()) {
      Settings.Value value = part.settings.value(key);
      if (value != null && value.raw() instanceof List<?> items) {
        for (Object item : items) {
          if (item instanceof Settings.Value v && v.raw().equals(name)) {
            return v.source();
          }
        }
      }
    }
    return part.settings.source();
  }

  /** One step of the walk: a part and how many of its names were followed. */
  private static final class Step {
    private final String tag;
    private int next;

    Step(String tag) {
      this.tag = tag;
    }
  }

  /** Walks depth first without recursion, since a file may nest as deep as it likes. */
  private void cycles() {
    Set<String> done = new HashSet<>();
    for (String start : parts.keySet()) {
      List<Step> way = new ArrayList<>();
      Set<String> onWay = new HashSet<>();
      enter(start, way, onWay, done);
      while (!way.isEmpty()) {
        Step step = way.getLast();
        Part part = parts.get(step.tag);
        if (part == null || step.next >= part.names.size()) {
          way.removeLast();
          onWay.remove(step.tag);
          done.add(step.tag);
          continue;
        }
        String name = part.names.get(step.next++);
        if (onWay.contains(name)) {
          tell(way, name);
        } else {
          enter(name, way, onWay, done);
        }
      }
    }
  }

  private void enter(String tag, List<Step> way, Set<String> onWay, Set<String> done) {
    if (parts.containsKey(tag) && !done.contains(tag)) {
      way.add(new Step(tag));
      onWay.add(tag);
    }
  }

  private void tell(List<Step> way, String again) {
    StringBuilder circle = new StringBuilder();
    boolean inside = false;
    for (Step step : way) {
      inside |= step.tag.equals(again);
      if (inside) {
        circle.append(step.tag).append(" -> ");
      }
    }
    circle.append(again);
    Step last = way.getLast();
    Part part = parts.get(last.tag);
    problems.error(
        part == null ? Source.NONE : sourceOf(part, again),
        again,
        kind + "s contain each other: " + circle,
        "remove '" + again + "' from '" + last.tag + "'");
  }
}
