package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a file says, the same for both formats: types are known, values are not checked yet, nothing
 * is resolved. Every value carries its place.
 */
final class Draft {
  /** A text and where it stands. */
  record Text(String value, Supplier<Source> at) {
    Source source() {
      return at.get();
    }
  }

  /** An inbound whose type is known. */
  record Inbound(String tag, InboundType type, InetSocketAddress listen, Settings settings) {}

  /**
   * An outbound or group whose type is known.
   *
   * @param shorthand the tag of the {@code .conf} line that this one came from together with
   *     others; null when it stands for itself
   * @param generated whether the reader made up its tag
   * @param used whether traffic passes it: a shorthand makes parts that it does not use
   */
  record Outbound(
      String tag,
      String word,
      OutboundType type,
      Settings settings,
      @Nullable String shorthand,
      boolean generated,
      boolean used) {
    static Outbound plain(String tag, String word, OutboundType type, Settings settings) {
      return new Outbound(tag, word, type, settings, null, false, true);
    }
  }

  /** A rule, its values as written. */
  record Rule(String text, EnumMap<RuleKind, List<Text>> terms, Text target, Supplier<Source> at) {
    Source source() {
      return at.get();
    }
  }

  /** One name with fixed addresses. */
  record Host(String name, List<Text> addresses, Source source) {}

  private final Source start;
  private final boolean textual;

  final Map<String, Value> log = new LinkedHashMap<>();
  final Map<String, Value> api = new LinkedHashMap<>();
  final Map<String, Value> health = new LinkedHashMap<>();
  final Map<String, Value> router = new LinkedHashMap<>();
  final Map<String, Value> general = new LinkedHashMap<>();
  final Map<String, Value> options = new LinkedHashMap<>();
  final Map<String, Text> env = new LinkedHashMap<>();
  final List<Text> dnsServers = new ArrayList<>();
  final List<Host> hosts = new ArrayList<>();
  final List<Inbound> inbounds = new ArrayList<>();
  final List<Outbound> outbounds = new ArrayList<>();
  final List<Rule> rules = new ArrayList<>();
  @Nullable Text finalTarget;

  /** How keys are written that have another name here: by section and key, with a dot between. */
  final Map<String, String> spellings = new LinkedHashMap<>();

  /** Where outbounds were defined that were not read, by tag: they are told of once, there. */
  final Map<String, Source> unread = new LinkedHashMap<>();

  Draft(String file, boolean textual) {
    this.start = new Source(file, 0, "");
    this.textual = textual;
  }

  /** The file as a whole. */
  Source start() {
    return start;
  }

  boolean textual() {
    return textual;
  }

  /** How this format spells a camelCase key. */
  String key(String camel) {
    return textual ? Names.kebab(camel) : camel;
  }

  /** The settings of a section such as {@code log}, which {@code .conf} keeps in [General]. */
  Settings settings(String section, Map<String, Value> values, Problems problems) {
    return new Settings(
        textual ? "[General]" : section,
        start,
        values,
        textual,
        problems,
        key -> spellings.getOrDefault(section + "." + key, key));
  }
}
