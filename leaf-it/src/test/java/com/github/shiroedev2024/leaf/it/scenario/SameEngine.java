package com.github.shiroedev2024.leaf.it.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.EngineSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundSpec;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.PartOptions;
import com.github.shiroedev2024.leaf.engine.spi.RuleSpec;
import com.github.shiroedev2024.leaf.runtime.config.ConfigReader;
import com.github.shiroedev2024.leaf.runtime.config.ConfigResult;
import com.github.shiroedev2024.leaf.runtime.config.LeafConfig;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Holds two configurations against each other: all that an engine is built from, and all that is
 * set around it. What differs on purpose is where things stand in the files, whether a part was
 * written or made by the shorthand, and parts that the shorthand made and nothing uses.
 */
final class SameEngine {
  private record In(String tag, InboundType type, InetSocketAddress listen, PartOptions options) {}

  private record Out(String tag, OutboundType type, String word, PartOptions options) {}

  private SameEngine() {}

  /** Reads a text that must be without a fault. */
  static LeafConfig read(String text, String name) {
    ConfigResult result = ConfigReader.read(text, name, Map.of());
    assertThat(result.problems()).as(name).isEmpty();
    return Objects.requireNonNull(result.config());
  }

  static void check(LeafConfig conf, LeafConfig json) {
    EngineSpec a = conf.engine();
    EngineSpec b = json.engine();
    assertThat(ins(a.inbounds())).as("inbounds").isEqualTo(ins(b.inbounds()));
    assertThat(ins(a.inboundParts())).as("inbound parts").isEqualTo(ins(b.inboundParts()));
    assertThat(outs(a)).as("outbounds").isEqualTo(outs(b));
    assertThat(a.defaultOutbound()).as("default").isEqualTo(b.defaultOutbound());
    assertThat(a.rules().stream().map(SameEngine::plain))
        .as("rules")
        .containsExactlyElementsOf(b.rules().stream().map(SameEngine::plain).toList());
    assertThat(a.domainResolve()).as("domainResolve").isEqualTo(b.domainResolve());
    assertThat(a.dns()).as("dns").isEqualTo(b.dns());
    assertThat(a.probe()).as("probe").isEqualTo(b.probe());
    assertThat(a.options()).as("options").isEqualTo(b.options());
    assertThat(conf.log()).as("log").isEqualTo(json.log());
    assertThat(conf.api()).as("api").isEqualTo(json.api());
    assertThat(conf.groups()).as("groups").isEqualTo(json.groups());
    assertThat(conf.autoReload()).as("autoReload").isEqualTo(json.autoReload());
    assertThat(conf.cacheLocation()).as("cacheLocation").isEqualTo(json.cacheLocation());
  }

  private static List<In> ins(List<InboundSpec> specs) {
    return specs.stream()
        .map(spec -> new In(spec.tag(), spec.type(), spec.listen(), spec.options()))
        .toList();
  }

  private static List<Out> outs(EngineSpec engine) {
    Set<String> named = new HashSet<>();
    engine.outbounds().forEach(spec -> named.addAll(spec.options().references()));
    return engine.outbounds().stream()
        .filter(spec -> !spec.generated() || named.contains(spec.tag()))
        .map(SameEngine::plain)
        .toList();
  }

  private static Out plain(OutboundSpec spec) {
    return new Out(spec.tag(), spec.type(), spec.word(), spec.options());
  }

  private static List<Object> plain(RuleSpec rule) {
    return List.of(
        rule.target(),
        rule.ip(),
        rule.domain(),
        rule.domainSuffix(),
        rule.domainKeyword(),
        rule.portRange(),
        rule.network(),
        rule.inboundTag());
  }
}
