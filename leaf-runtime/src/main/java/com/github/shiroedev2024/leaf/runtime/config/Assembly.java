package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.UnsupportedOutboundType;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.runtime.config.LeafConfig.ConfiguredGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Turns what a file says into a checked configuration. */
final class Assembly {
  private final Draft draft;
  private final Problems problems;
  private final References references;

  private Assembly(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
    this.references = new References("outbound", draft.unread, problems);
  }

  /**
   * Checks everything; what it answers is of use only if no error was reported.
   *
   * @param folder where the configuration file is
   */
  static @Nullable LeafConfig of(
      Draft draft, Path folder, Map<String, String> env, Problems problems) {
    return new Assembly(draft, problems).assemble(folder, env);
  }

  private @Nullable LeafConfig assemble(Path folder, Map<String, String> env) {
    OptionsReader reader = new OptionsReader(draft, env, problems);
    Path assets = reader.assetLocation(folder);
    RuntimeSettings runtime = new RuntimeSettings(draft, reader, problems);
    EngineOptions options = reader.read();
    Inbounds inbounds = Inbounds.of(draft, assets, problems);
    List<OutboundSpec> outbounds = outbounds(assets);
    references.check();
    List<RuleSpec> rules = new RuleReader(draft, problems).read();
    for (Draft.Rule rule : draft.rules) {
      references.require(rule.target().value(), rule.target().source(), "the rule");
    }
    String defaultOutbound = defaultOutbound();
    servers(outbounds, defaultOutbound);
    Settings router = draft.settings("router", draft.router, problems);
    EngineSpec engine =
        new EngineSpec(
            inbounds.listening(),
            inbounds.parts(),
            outbounds,
            defaultOutbound,
            rules,
            router.bool("domainResolve", false),
            new DnsReader(draft, problems).read(),
            runtime.probe(),
            options);
    return new LeafConfig(
        engine,
        runtime.log(),
        runtime.api(),
        groups(outbounds),
        runtime.autoReload(),
        reader.cacheLocation());
  }

  private static List<String> interfaces(Draft.Outbound outbound, Settings settings) {
    if (outbound.type().isGroup()) {
      return List.of();
    }
    List<String> interfaces =
        settings.strings(Keys.INTERFACE).stream()
            .flatMap(text -> Arrays.stream(text.split(",")))
            .map(String::strip)
            .toList();
    for (String each : interfaces) {
      if (each.isBlank() || each.chars().anyMatch(Character::isWhitespace)) {
        settings.error(
            Keys.INTERFACE,
            "'" + each + "' is no interface and no IP address",
            "write the name of one, such as eth0, or an address of this machine");
      }
    }
    return interfaces;
  }

  private List<OutboundSpec> outbounds(Path assets) {
    List<OutboundSpec> specs = new ArrayList<>();
    Map<String, TreeSet<String>> unsupported = new LinkedHashMap<>();
    Map<String, Settings> lines = new LinkedHashMap<>();
    for (Draft.Outbound outbound : draft.outbounds) {
      Settings settings = outbound.settings().in(assets);
      PartOptions options;
      String line = outbound.shorthand();
      if (line != null && outbound.type() instanceof UnsupportedOutboundType type) {
        options = type.check(settings);
        if (outbound.used()) {
          unsupported.computeIfAbsent(line, l -> new TreeSet<>()).add(type.name());
          lines.put(line, settings);
        }
      } else {
        options = outbound.type().read(settings);
      }
      references.add(outbound.tag(), settings, options.references());
      specs.add(
          new OutboundSpec(
              outbound.tag(),
              outbound.type(),
              outbound.word(),
              options,
              interfaces(outbound, settings),
              settings.source(),
              outbound.generated()));
    }
    unsupported.forEach(
        (line, types) -> {
          Settings settings = lines.get(line);
          if (settings != null) {
            problems.error(
                settings.source(),
                String.join(", ", types),
                settings.owner()
                    + ": "
                    + String.join(", ", types)
                    + (types.size() == 1 ? " is" : " are")
                    + " not supported yet",
                "remove it");
          }
        });
    if (draft.outbounds.isEmpty() && !problems.hasErrors()) {
      problems.error(
          draft.start(),
          "",
          "there is no outbound, so nothing can go out",
          draft.textual()
              ? "add a line such as 'direct = direct' to [Proxy]"
              : "add {\"tag\": \"direct\", \"protocol\": \"direct\"} to outbounds");
    }
    return specs;
  }

  /** Checks that nothing sends a protocol's request to everybody for want of a server. */
  private void servers(List<OutboundSpec> outbounds, String defaultOutbound) {
    ServerCheck check = new ServerCheck(outbounds, references, problems);
    Draft.Text last = draft.finalTarget;
    if (last != null) {
      check.use(last.value(), "FINAL", last.source());
    } else if (!draft.outbounds.isEmpty()) {
      Source first = draft.outbounds.getFirst().settings().source();
      check.use(defaultOutbound, "what no rule matches", first);
    }
    for (Draft.Rule rule : draft.rules) {
      check.use(rule.target().value(), "the rule", rule.target().source());
    }
    check.useTheRest();
  }

  private String defaultOutbound() {
    Draft.Text last = draft.finalTarget;
    if (last != null) {
      references.require(last.value(), last.source(), "FINAL");
      return last.value();
    }
    return draft.outbounds.isEmpty() ? "" : draft.outbounds.getFirst().tag();
  }

  private static List<ConfiguredGroup> groups(List<OutboundSpec> outbounds) {
    List<ConfiguredGroup> groups = new ArrayList<>();
    for (OutboundSpec outbound : outbounds) {
      if (outbound.type().isGroup() && !outbound.generated()) {
        groups.add(new ConfiguredGroup(outbound.tag(), outbound.word()));
      }
    }
    return groups;
  }
}
