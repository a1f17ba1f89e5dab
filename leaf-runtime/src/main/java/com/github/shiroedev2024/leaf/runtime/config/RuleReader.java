package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.net.Cidr;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the values of rules; their targets are checked with all other references. */
final class RuleReader {
  /** The tag of the resolver's own traffic. */
  static final String DNS_CLIENT = "dnsclient";

  private final Draft draft;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();

  RuleReader(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
    draft.inbounds.forEach(inbound -> known.add(inbound.tag()));
    known.add(DNS_CLIENT);
  }

  List<RuleSpec> read() {
    List<RuleSpec> rules = new ArrayList<>();
    for (Draft.Rule rule : draft.rules) {
      if (rule.terms().isEmpty()) {
        problems.warning(
            rule.source(),
            rule.text(),
            "a rule without conditions is not used",
            "add a condition, or \"type\": \"FINAL\" for what no rule matches");
        continue;
      }
      for (RuleKind kind : rule.terms().keySet()) {
        if (!kind.supported()) {
          problems.error(
              rule.source(),
              rule.text(),
              kind.word() + " rules are not supported yet",
              "remove the rule");
        }
      }
      rules.add(
          new RuleSpec(
              rule.text(),
              rule.target().value(),
              cidrs(rule),
              domains(rule, RuleKind.DOMAIN),
              domains(rule, RuleKind.DOMAIN_SUFFIX),
              domains(rule, RuleKind.DOMAIN_KEYWORD),
              ports(rule),
              networks(rule),
              inbounds(rule),
              rule.source()));
    }
    return rules;
  }

  private static List<Draft.Text> texts(Draft.Rule rule, RuleKind kind) {
    return rule.terms().getOrDefault(kind, List.of());
  }

  private List<Cidr> cidrs(Draft.Rule rule) {
    List<Cidr> cidrs = new ArrayList<>();
    for (Draft.Text text : texts(rule, RuleKind.IP)) {
      try {
        Cidr cidr = Cidr.parse(text.value());
        if (cidr.normalised()) {
          problems.warning(
              text.source(),
              text.value(),
              "'" + text.value() + "' has bits set behind its prefix, it counts as " + cidr,
              "write " + cidr);
        }
        cidrs.add(cidr);
      } catch (IllegalArgumentException e) {
        problems.error(
            text.source(),
            text.value(),
            "'" + text.value() + "' is not an address block: " + e.getMessage(),
            "write 10.0.0.0/8, 2001:db8::/32 or a bare address");
      }
    }
    return List.copyOf(cidrs);
  }

  private List<String> domains(Draft.Rule rule, RuleKind kind) {
    List<String> domains = new ArrayList<>();
    for (Draft.Text text : texts(rule, kind)) {
      String domain = text.value().toLowerCase(Locale.ROOT);
      if (kind == RuleKind.DOMAIN_SUFFIX && domain.startsWith(".")) {
        domain = domain.substring(1);
      }
      if (domain.isEmpty()) {
        problems.error(
            text.source(), text.value(), kind.word() + " has an empty value", "write a name");
      } else {
        domains.add(domain);
      }
    }
    return List.copyOf(domains);
  }

  private List<PortRange> ports(Draft.Rule rule) {
    List<PortRange> ranges = new ArrayList<>();
    for (Draft.Text text : texts(rule, RuleKind.PORT_RANGE)) {
      PortRange range = range(text.value());
      if (range != null) {
        ranges.add(range);
      } else {
        boolean single = Addresses.port(text.value()) >= 0;
        problems.error(
            text.source(),
            text.value(),
            "'" + text.value() + "' is not a range of ports",
            single
                ? "write " + text.value() + "-" + text.value()
                : "write first-last, such as 80-90, from 0 to 65535");
      }
    }
    return List.copyOf(ranges);
  }

  private static @Nullable PortRange range(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      return null;
    }
    int first = Addresses.port(text.substring(0, dash).strip());
    int last = Addresses.port(text.substring(dash + 1).strip());
    return first < 0 || last < first ? null : new PortRange(first, last);
  }

  private Set<Network> networks(Draft.Rule rule) {
    Set<Network> networks = new LinkedHashSet<>();
    for (Draft.Text text : texts(rule, RuleKind.NETWORK)) {
      switch (text.value().toLowerCase(Locale.ROOT)) {
        case "tcp" -> networks.add(Network.TCP);
        case "udp" -> networks.add(Network.UDP);
        default ->
            problems.error(
                text.source(),
                text.value(),
                "'" + text.value() + "' is not a network",
                "use tcp or udp");
      }
    }
    return Set.copyOf(networks);
  }

  private Set<String> inbounds(Draft.Rule rule) {
    Set<String> tags = new LinkedHashSet<>();
    for (Draft.Text text : texts(rule, RuleKind.INBOUND_TAG)) {
      if (!known.contains(text.value())) {
        problems.warning(
            text.source(),
            text.value(),
            "there is no inbound '" + text.value() + "', the rule never matches it",
            () -> Names.suggest(text.value(), known));
      }
      tags.add(text.value());
    }
    return Set.copyOf(tags);
  }
}
