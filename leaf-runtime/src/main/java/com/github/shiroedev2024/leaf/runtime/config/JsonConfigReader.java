package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the JSON format. */
final class JsonConfigReader {
  private static final List<String> TOP =
      List.of(
          "log",
          "env",
          "inbounds",
          "outbounds",
          "router",
          "dns",
          "api",
          "health",
          "options",
          "autoReload");

  /** Types whose unknown keys refuse the file, as they always did. */
  private static final Set<String> STRICT_INBOUNDS =
      Set.of("socks", "shadowsocks", "trojan", "ws", "amux", "chain", "mptp");

  private static final Set<String> STRICT_OUTBOUNDS = Set.of("trojan", "chain");

  private final Draft draft;
  private final Problems problems;

  private JsonConfigReader(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
  }

  /** Reads what the text says; null when it is not a JSON object. */
  static @Nullable Draft read(String text, String file, Problems problems) {
    JsonNode root = JsonText.read(text, file, problems);
    JsonFields top = root == null ? null : JsonFields.of("the configuration", root, problems);
    if (top == null) {
      return null;
    }
    Draft draft = new Draft(file, false);
    new JsonConfigReader(draft, problems).top(top);
    return draft;
  }

  private void top(JsonFields top) {
    top.warnUnknown(TOP);
    section(top, "log", Keys.LOG, draft.log);
    section(top, "api", Keys.API, draft.api);
    section(top, "health", Keys.HEALTH, draft.health);
    JsonFields options = top.object("options");
    if (options != null) {
      draft.options.putAll(options.values());
    }
    Value autoReload = top.value("autoReload");
    if (autoReload != null) {
      draft.general.put("autoReload", autoReload);
    }
    env(top.node("env"));
    int index = 0;
    for (JsonNode inbound : top.list("inbounds")) {
      inbound(inbound, index++);
    }
    index = 0;
    for (JsonNode outbound : top.list("outbounds")) {
      outbound(outbound, index++);
    }
    JsonFields router = top.object("router");
    if (router != null) {
      router(router);
    }
    JsonFields dns = top.object("dns");
    if (dns != null) {
      dns(dns);
    }
  }

  private void section(
      JsonFields top, String name, Collection<String> known, Map<String, Value> into) {
    JsonFields section = top.object(name);
    if (section != null) {
      section.warnUnknown(known);
      section
          .values()
          .forEach(
              (key, value) -> {
                if (known.contains(key)) {
                  into.put(key, value);
                }
              });
    }
  }

  private void env(@Nullable JsonNode node) {
    if (node == null) {
      return;
    }
    Map<String, JsonNode> members = node.object();
    if (members == null) {
      problems.error(
          node.source(), node.text(), "env must be an object, not " + node.kind(), "write {…}");
      return;
    }
    members.forEach(
        (name, value) -> {
          if (value.raw() instanceof String text) {
            draft.env.put(name, new Draft.Text(text, value::source));
          } else if (!value.isNull()) {
            problems.error(
                value.source(),
                value.text(),
                "env: '" + name + "' must be text, not " + value.kind(),
                "put it in double quotes");
          }
        });
  }

  private void inbound(JsonNode node, int index) {
    JsonFields fields = JsonFields.of("inbounds[" + index + "]", node, problems);
    if (fields == null) {
      return;
    }
    fields.warnUnknown(List.of("tag", "address", "port", "protocol", "settings"));
    String tag = fields.text("tag");
    Long port = fields.number("port", 0, 65535);
    String address = fields.text("address");
    InetAddress ip = null;
    JsonNode addressNode = fields.node("address");
    if (address != null && addressNode != null) {
      ip = Addresses.ip(address);
      if (ip == null) {
        problems.error(
            addressNode.source(),
            address,
            fields.owner() + ": '" + address + "' is not an IP address",
            "write the address to listen on, such as 127.0.0.1");
      }
    }
    String word = protocol(fields);
    if (word == null) {
      return;
    }
    InboundType type = Registry.inbound(word);
    if (type == null) {
      unknownProtocol(fields, "inbound", word, Words.inbounds());
      return;
    }
    Settings settings =
        settings(
            "inbound '" + (tag == null ? "" : tag) + "'",
            fields,
            Keys.names(type.keys()),
            STRICT_INBOUNDS.contains(type.name()));
    draft.inbounds.add(
        new Draft.Inbound(
            tag == null ? "" : tag,
            type,
            new InetSocketAddress(
                ip == null ? Addresses.LOOPBACK : ip, port == null ? 0 : port.intValue()),
            settings));
  }

  private void outbound(JsonNode node, int index) {
    JsonFields fields = JsonFields.of("outbounds[" + index + "]", node, problems);
    if (fields == null) {
      return;
    }
    fields.warnUnknown(List.of("tag", "protocol", "settings"));
    String tag = fields.text("tag");
    String word = protocol(fields);
    OutboundType type = word == null ? null : Registry.outbound(word);
    if (type == null && tag != null) {
      draft.unread.putIfAbsent(tag, fields.source());
    }
    if (word == null) {
      return;
    }
    if (type == null) {
      unknownProtocol(fields, "outbound", word, Words.outbounds());
      return;
    }
    List<String> known = new ArrayList<>(Keys.names(type.keys()));
    if (!type.isGroup()) {
      known.add(Keys.INTERFACE);
    }
    Settings settings =
        settings(
            "outbound '" + (tag == null ? "" : tag) + "'",
            fields,
            known,
            STRICT_OUTBOUNDS.contains(type.name()));
    draft.outbounds.add(Draft.Outbound.plain(tag == null ? "" : tag, word, type, settings));
  }

  private @Nullable String protocol(JsonFields fields) {
    if (!fields.has("protocol")) {
      problems.error(
          fields.source(), "", fields.owner() + ": 'protocol' is missing", "add \"protocol\"");
      return null;
    }
    return fields.text("protocol");
  }

  private void unknownProtocol(JsonFields fields, String what, String word, List<String> known) {
    JsonNode node = fields.node("protocol");
    problems.error(
        node == null ? fields.source() : node.source(),
        word,
        fields.owner() + ": unknown " + what + " protocol '" + word + "'",
        () -> Names.suggest(word, known));
  }

  private Settings settings(String owner, JsonFields part, List<String> names, boolean strict) {
    JsonNode node = part.node("settings");
    JsonFields fields = node == null ? null : JsonFields.of(owner + ": settings", node, problems);
    if (fields == null) {
      return new Settings(owner, part.source(), Map.of(), false, problems);
    }
    for (String key : fields.keys()) {
      JsonNode value = fields.node(key);
      if (names.contains(key) || value == null) {
        continue;
      }
      String message = owner + ": unknown key '" + key + "'";
      Supplier<String> remedy = () -> Names.suggest(key, names);
      if (strict) {
        problems.error(value.source(), key, message, remedy);
      } else {
        problems.warning(value.source(), key, message, remedy);
      }
    }
    return new Settings(owner, part.source(), fields.values(), false, problems);
  }

  private void router(JsonFields router) {
    router.warnUnknown(List.of("rules", "domainResolve"));
    Value resolve = router.value("domainResolve");
    if (resolve != null) {
      draft.router.put("domainResolve", resolve);
    }
    int index = 0;
    for (JsonNode rule : router.list("rules")) {
      JsonFields fields = JsonFields.of("rules[" + index++ + "]", rule, problems);
      if (fields != null) {
        rule(fields, rule::source);
      }
    }
  }

  private void rule(JsonFields fields, Supplier<Source> at) {
    List<String> known = new ArrayList<>(List.of("target", "type"));
    for (RuleKind kind : RuleKind.values()) {
      known.add(kind.key());
    }
    fields.warnUnknown(known);
    String target = fields.text("target");
    JsonNode targetNode = fields.node("target");
    if (targetNode == null) {
      problems.error(
          at.get(), "", fields.owner() + ": 'target' is missing", "add the tag of an outbound");
      return;
    }
    if (target == null) {
      return;
    }
    Draft.Text to = new Draft.Text(target, targetNode::source);
    EnumMap<RuleKind, List<Draft.Text>> terms = new EnumMap<>(RuleKind.class);
    for (RuleKind kind : RuleKind.values()) {
      List<Draft.Text> texts = fields.texts(kind.key());
      if (!texts.isEmpty()) {
        terms.put(kind, texts);
      }
    }
    String type = fields.text("type");
    if ("FINAL".equals(type)) {
      finalRule(fields, to, terms);
      return;
    }
    JsonNode typeNode = fields.node("type");
    if (type != null && typeNode != null) {
      problems.warning(
          typeNode.source(),
          type,
          fields.owner() + ": 'type' has no effect unless it is FINAL",
          "remove it");
    }
    draft.rules.add(new Draft.Rule(RuleText.of(terms, target), terms, to, at));
  }

  private void finalRule(
      JsonFields fields, Draft.Text target, Map<RuleKind, List<Draft.Text>> terms) {
    if (!terms.isEmpty()) {
      problems.warning(
          fields.source(),
          "FINAL",
          fields.owner() + ": the conditions of a FINAL rule have no effect",
          "remove them, or remove the type");
    }
    Draft.Text before = draft.finalTarget;
    if (before != null) {
      problems.warning(
          before.source(),
          before.value(),
          "this FINAL rule has no effect: the one in line " + target.source().line() + " counts",
          "remove one of them");
    }
    draft.finalTarget = target;
  }

  private void dns(JsonFields dns) {
    dns.warnUnknown(List.of("servers", "hosts"));
    draft.dnsServers.addAll(dns.texts("servers"));
    JsonNode hosts = dns.node("hosts");
    if (hosts == null) {
      return;
    }
    Map<String, JsonNode> members = hosts.object();
    if (members == null) {
      problems.error(
          hosts.source(),
          hosts.text(),
          "dns: 'hosts' must be an object, not " + hosts.kind(),
          "write {\"name\": [\"192.0.2.1\"]}");
      return;
    }
    members.forEach(
        (name, addresses) -> {
          List<JsonNode> items = addresses.array();
          if (items == null) {
            if (!addresses.isNull()) {
              problems.error(
                  addresses.source(),
                  addresses.text(),
                  "dns: hosts: '" + name + "' must be a list, not " + addresses.kind(),
                  "write [\"192.0.2.1\"]");
            }
            return;
          }
          List<Draft.Text> texts = new ArrayList<>();
          for (JsonNode item : items) {
            String text = dns.text(item, "an address of '" + name + "'");
            if (text != null) {
              texts.add(new Draft.Text(text, item::source));
            }
          }
          draft.hosts.add(new Draft.Host(name, texts, addresses.source()));
        });
  }
}
