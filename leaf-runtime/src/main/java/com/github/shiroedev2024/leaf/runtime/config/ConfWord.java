package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a protocol word of {@code [Proxy]} means.
 *
 * @param type the registry's name
 * @param positionals what the items behind the port mean, in order
 * @param aliases further spellings of the type's keys: key to setting; where several give the same
 *     setting, the first here wins
 * @param defaults settings that the line has when it does not say otherwise
 * @param layerKeys keys of layers that the line may stack under the protocol
 */
record ConfWord(
    String type,
    List<String> positionals,
    Map<String, String> aliases,
    Map<String, String> defaults,
    Set<String> layerKeys) {
  /** Marks what was given by its place in the line. */
  static final String POSITIONAL = "@";

  private static final ConfWord SHADOWSOCKS =
      new ConfWord(
          "shadowsocks",
          List.of("method", "password"),
          Map.of("encrypt-method", "method"),
          Map.of(),
          ConfStack.OBFS_KEYS);

  private static final Map<String, ConfWord> SPECIAL =
      Map.of(
          "ss",
          SHADOWSOCKS,
          "shadowsocks",
          SHADOWSOCKS,
          "reject",
          new ConfWord("drop", List.of(), Map.of(), Map.of(), Set.of()),
          "trojan",
          new ConfWord("trojan", List.of("password"), Map.of(), Map.of(), ConfStack.TRANSPORT_KEYS),
          "vmess",
          new ConfWord(
              "vmess",
              List.of("uuid"),
              Map.of("username", "uuid", "encrypt-method", "security"),
              Map.of("security", "chacha20-ietf-poly1305"),
              ConfStack.TRANSPORT_KEYS),
          "vless",
          new ConfWord(
              "vless",
              List.of("uuid"),
              Map.of("password", "uuid"),
              Map.of(),
              ConfStack.TRANSPORT_AND_REALITY_KEYS),
          "http",
          new ConfWord("http", List.of(), Map.of(), Map.of(), ConfStack.TRANSPORT_KEYS));

  /** The meaning of a word, or null when it is no protocol of {@code [Proxy]}. */
  static @Nullable ConfWord of(String word) {
    ConfWord special = SPECIAL.get(word);
    if (special != null) {
      return special;
    }
    OutboundType type = Registry.outbound(word);
    return type == null || Words.groups().contains(word)
        ? null
        : new ConfWord(type.name(), List.of(), Map.of(), Map.of(), Set.of());
  }

  /** Every word of {@code [Proxy]}. */
  static List<String> words() {
    List<String> words = new ArrayList<>(List.of("ss", "reject"));
    words.addAll(Words.outbounds());
    words.removeAll(Words.groups());
    return words;
  }

  boolean hasServer(OutboundType of) {
    return Keys.names(of.keys()).contains("address");
  }

  /** The setting that a key stands for. */
  String setting(String key) {
    if (key.startsWith(POSITIONAL)) {
      return key.substring(POSITIONAL.length());
    }
    String alias = aliases.get(key);
    return alias == null ? Names.camel(key) : alias;
  }

  /** The given keys in the order in which they win over each other. */
  List<String> precedence(Collection<String> given) {
    List<String> ordered = new ArrayList<>(given);
    ordered.sort((a, b) -> Integer.compare(rank(a), rank(b)));
    return ordered;
  }

  /** The key {@code uuid} wins over a place in the line, that over any other key. */
  private int rank(String key) {
    return key.equals("uuid")
        ? 0
        : key.startsWith(POSITIONAL) ? 1 : aliases.containsKey(key) ? 3 : 2;
  }

  /** A given key in words. */
  static String spoken(String key) {
    return key.startsWith(POSITIONAL)
        ? "the " + key.substring(POSITIONAL.length()) + " behind the port"
        : "'" + key + "'";
  }
}
