package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import com.github.shiroedev2024.leaf.runtime.config.ConfLexer.Item;
import com.github.shiroedev2024.leaf.runtime.config.ConfSections.Line;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code [General]} section. */
final class ConfGeneral {
  /** Where a key's value goes. */
  private record Slot(Map<String, Value> section, String key, boolean list) {}

  private record Entry(String value, Source source) {}

  private static final List<String> INBOUND_KEYS =
      List.of(
          "http-interface",
          "http-port",
          "interface",
          "port",
          "socks-interface",
          "socks-port",
          "mixed-interface",
          "mixed-port");

  /** Keys that only mean something to a TUN device or a driver, none of which is built yet. */
  private static final List<String> DEVICE_KEYS =
      List.of(
          "tun2socks-backend",
          "wintun",
          "tun-dns-server",
          "always-real-ip",
          "always-fake-ip",
          "tun-address6",
          "auto-route",
          "mark",
          "dns-hijack");

  private static final List<String> DEVICES = List.of("tun", "tun-fd", "nf");

  private final Draft draft;
  private final Problems problems;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  ConfGeneral(Draft draft, Problems problems) {
    this.draft = draft;
    this.problems = problems;
    slot("loglevel", draft.log, "log.level");
    slot("logoutput", draft.log, "log.output");
    slot("logformat", draft.log, "log.format");
    slot("memory-logger", draft.log, "log.memory");
    slot("memory-logger-bytes", draft.log, "log.memoryBytes");
    slot("api-interface", draft.api, "api.interface");
    slot("api-port", draft.api, "api.port");
    slot("api-allowed-origins", draft.api, "api.allowedOrigins");
    slot("health-check-url", draft.health, "health.url");
    slot("health-check-dns", draft.health, "health.dns");
    slot("health-check-timeout", draft.health, "health.timeout");
    slot("routing-domain-resolve", draft.router, "router.domainResolve");
    slot("auto-reload", draft.general, "general.autoReload");
    for (EngineOptions.Option<?> option : EngineOptions.all()) {
      boolean list = option.fallback() instanceof List;
      slots.put(Names.kebab(option.key()), new Slot(draft.options, option.key(), list));
    }
    slot(Names.kebab(OptionsReader.CACHE_KEY), draft.options, "options." + OptionsReader.CACHE_KEY);
    slot(Names.kebab(OptionsReader.ASSET_KEY), draft.options, "options." + OptionsReader.ASSET_KEY);
    for (String key : FutureOptions.keys()) {
      slots.putIfAbsent(Names.kebab(key), new Slot(draft.options, key, false));
    }
  }

  private void slot(String key, Map<String, Value> section, String path) {
    String name = path.substring(path.indexOf('.') + 1);
    slots.put(key, new Slot(section, name, name.equals("allowedOrigins")));
    draft.spellings.put(path, key);
  }

  void read(List<Line> lines) {
    Set<String> known = new LinkedHashSet<>(slots.keySet());
    known.addAll(INBOUND_KEYS);
    known.addAll(DEVICE_KEYS);
    known.addAll(DEVICES);
    known.addAll(List.of("dns-server", "dns-interface"));
    for (Line line : lines) {
      Item item = ConfLexer.assignment(line.content());
      String key = item == null ? null : item.key();
      if (item == null || key == null) {
        problems.warning(
            line.source(), line.content(), "the line is not read", "write key = value");
      } else if (!known.contains(key)) {
        problems.warning(
            line.source(),
            key,
            "unknown key '" + key + "' in [General]",
            () -> Names.suggest(key, known));
      } else if (ConfLexer.unquoted(item.value()).isEmpty()) {
        problems.warning(
            line.source(), key, "'" + key + "' has no value", "write one, or remove the line");
      } else {
        Entry before = entries.put(key, new Entry(item.value(), line.source()));
        if (before != null) {
          problems.warning(
              before.source(),
              key,
              "'" + key + "' has no effect here: line " + line.source().line() + " sets it again",
              "remove one of them");
        }
      }
    }
    entries.forEach(this::entry);
    listener("http", "http-interface", "http-port", "interface", "port");
    listener("socks", "socks-interface", "socks-port", null, null);
    listener("mixed", "mixed-interface", "mixed-port", null, null);
    devices();
  }

  private void entry(String key, Entry entry) {
    if (key.equals("dns-server")) {
      for (Item item : ConfLexer.items(entry.value())) {
        draft.dnsServers.add(new Draft.Text(ConfLexer.unquoted(item.whole()), entry::source));
      }
      return;
    }
    if (key.equals("dns-interface")) {
      problems.warning(entry.source(), key, "'dns-interface' has no effect", "remove it");
      return;
    }
    Slot slot = slots.get(key);
    if (slot == null) {
      return;
    }
    Value value = new Value(ConfLexer.unquoted(entry.value()), entry.source());
    if (slot.list()) {
      List<Value> items = new ArrayList<>();
      for (Item item : ConfLexer.items(entry.value())) {
        items.add(new Value(ConfLexer.unquoted(item.whole()), entry.source()));
      }
      value = new Value(items, entry.source());
    }
    slot.section().put(slot.key(), value);
  }

  /** Makes the inbound of this word when its port is given; its tag is the word. */
  private void listener(
      String word,
      String interfaceKey,
      String portKey,
      @Nullable String interfaceAlias,
      @Nullable String portAlias) {
    String hostKey = given(interfaceKey, interfaceAlias);
    String numberKey = given(portKey, portAlias);
    Entry host = entries.get(hostKey);
    Entry number = entries.get(numberKey);
    boolean own = word.equals("mixed");
    if (number == null || (host == null && !own)) {
      Entry lone = number == null ? host : number;
      if (lone != null) {
        String key = number == null ? hostKey : numberKey;
        String missing = number == null ? portKey : interfaceKey;
        problems.warning(
            lone.source(),
            key,
            "'" + key + "' has no effect without " + missing,
            "add " + missing + (number == null ? " = 1080" : " = 127.0.0.1"));
      }
      return;
    }
    InetAddress address = Addresses.LOOPBACK;
    if (host != null) {
      String text = ConfLexer.unquoted(host.value());
      InetAddress given = Addresses.ip(text);
      if (given == null) {
        problems.error(
            host.source(),
            text,
            hostKey + ": '" + text + "' is not an IP address",
            "write the address to listen on, such as 127.0.0.1");
      } else {
        address = given;
      }
    }
    String text = ConfLexer.unquoted(number.value());
    int port = Addresses.port(text);
    if (port < 0) {
      problems.error(
          number.source(),
          text,
          numberKey + ": '" + text + "' is not a port",
          "use a number from 0 to 65535");
      return;
    }
    InboundType type = Registry.inbound(word);
    if (type == null) {
      throw new IllegalStateException("the registry has no inbound '" + word + "'");
    }
    draft.inbounds.add(
        new Draft.Inbound(
            word,
            type,
            new InetSocketAddress(address, port),
            new Settings("inbound '" + word + "'", number.source(), Map.of(), true, problems)));
  }

  /** The key that was written: the alias only where the key itself was not. */
  private String given(String key, @Nullable String alias) {
    if (alias == null || !entries.containsKey(alias)) {
      return key;
    }
    Entry main = entries.get(key);
    Entry other = entries.get(alias);
    if (main == null || other == null) {
      return alias;
    }
    problems.warning(
        other.source(), alias, "'" + alias + "' has no effect beside " + key, "remove one of them");
    return key;
  }

  private void devices() {
    boolean any = false;
    for (String key : DEVICES) {
      Entry entry = entries.get(key);
      if (entry != null) {
        any = true;
        String word = key.equals("nf") ? "nf" : "tun";
        problems.error(
            entry.source(),
            key,
            "'" + key + "': inbounds of type " + word + " are not supported yet",
            "remove it");
      }
    }
    for (String key : DEVICE_KEYS) {
      Entry entry = entries.get(key);
      if (entry != null && !any) {
        problems.warning(
            entry.source(), key, "'" + key + "' has no effect without tun", "remove it");
      }
    }
  }
}
