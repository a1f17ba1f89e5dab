package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A configuration as text without its sources, so that two files can be held against each other.
 */
final class ModelText {
  private ModelText() {}

  static String of(LeafConfig config) {
    StringJoiner text = new StringJoiner("\n", "", "\n");
    EngineSpec engine = config.engine();
    for (InboundSpec in : engine.inbounds()) {
      text.add("inbound " + in.tag() + " " + in.type().name() + " " + in.listen());
      text.add("  " + in.options());
    }
    for (OutboundSpec out : engine.outbounds()) {
      text.add(
          "outbound "
              + out.tag()
              + " "
              + out.type().name()
              + (out.type().name().equals(out.word()) ? "" : " (" + out.word() + ")")
              + (out.generated() ? " generated" : "")
              + (out.interfaces().isEmpty() ? "" : " by " + out.interfaces()));
      text.add("  " + out.options());
    }
    text.add("default " + engine.defaultOutbound());
    for (RuleSpec rule : engine.rules()) {
      text.add("rule " + rule.text());
      text.add(
          "  -> "
              + rule.target()
              + " ip="
              + rule.ip()
              + " domain="
              + rule.domain()
              + " suffix="
              + rule.domainSuffix()
              + " keyword="
              + rule.domainKeyword()
              + " port="
              + rule.portRange()
              + " network="
              + new TreeSet<>(rule.network())
              + " inbound="
              + new TreeSet<>(rule.inboundTag()));
    }
    text.add("domainResolve " + engine.domainResolve());
    text.add("dns " + engine.dns().servers());
    text.add("hosts " + new TreeMap<>(engine.dns().hosts()));
    text.add("probe " + engine.probe());
    for (EngineOptions.Option<?> option : EngineOptions.all()) {
      Object value = engine.options().get(option);
      if (!value.equals(option.fallback())) {
        text.add("option " + option.key() + " " + value);
      }
    }
    text.add("log " + config.log());
    text.add("api " + config.api());
    text.add("groups " + config.groups());
    text.add("autoReload " + config.autoReload());
    text.add("cacheLocation " + config.cacheLocation());
    return text.toString();
  }
}
