package com.github.shiroedev2024.leaf.runtime.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a rule can look at: the word in {@code .conf}, the key in JSON. */
enum RuleKind {
  IP("IP-CIDR", "ip", true),
  DOMAIN("DOMAIN", "domain", true),
  DOMAIN_SUFFIX("DOMAIN-SUFFIX", "domainSuffix", true),
  DOMAIN_KEYWORD("DOMAIN-KEYWORD", "domainKeyword", true),
  GEOIP("GEOIP", "geoip", false),
  EXTERNAL("EXTERNAL", "external", false),
  PORT_RANGE("PORT-RANGE", "portRange", true),
  NETWORK("NETWORK", "network", true),
  INBOUND_TAG("INBOUND-TAG", "inboundTag", true),
  PROCESS_NAME("PROCESS-NAME", "processName", false);

  private final String word;
  private final String key;
  private final boolean supported;

  RuleKind(String word, String key, boolean supported) {
    this.word = word;
    this.key = key;
    this.supported = supported;
  }

  String word() {
    return word;
  }

  String key() {
    return key;
  }

  boolean supported() {
    return supported;
  }

  static @Nullable RuleKind ofWord(String word) {
    for (RuleKind kind : values()) {
      if (kind.word.equals(word)) {
        return kind;
      }
    }
    return null;
  }

  /** Every word that begins a rule. */
  static List<String> words() {
    return Stream.concat(Arrays.stream(values()).map(RuleKind::word), Stream.of("FINAL")).toList();
  }
}
