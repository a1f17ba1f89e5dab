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

  /** Keys that only mean something to a TUN device, and what its settings call them. */
  private static final Map<String, String> DEVICE_KEYS =
      ordered(
          "tun2socks-backend", "tun2socks",
          "wintun", "wintun",
          "tun-dns-server", "dnsServers",
          "always-real-ip", "fakeDnsExclude",
          "always-fake-ip", "fakeDnsInclude",
          "tun-address6", "address6",
          "auto-route", "autoRoute",
          "mark", "mark",
          "dns-hijack", "dnsHijack");

  private static final List<String> DEVICES = List.of("tun", "tun-fd", "nf");

  /** What the items of {@code tun = name, …} are, in this order. */
  private static final List<String> DEVICE_ITEMS =
      List.of("name", "address", "netmask", "gateway", "mtu");

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

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
    known.addAll(DEVICE_KEYS.keySet());
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
    draft.inbounds.add(
        new Draft.Inbound(
            word,
            type(word),
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
    Entry driver = entries.get("nf");
    if (driver != null) {
      problems.error(
          driver.source(), "nf", "'nf': inbounds of type nf are not supported yet", "remove it");
    }
    Entry device = entries.get("tun");
    Entry descriptor = entries.get("tun-fd");
    if (device == null && descriptor == null) {
      DEVICE_KEYS.forEach(
          (key, setting) -> {
            Entry entry = entries.get(key);
            if (entry != null) {
              problems.warning(
                  entry.source(), key, "'" + key + "' has no effect without tun", "remove it");
            }
          });
      return;
    }
    if (device != null && descriptor != null) {
      problems.warning(
          device.source(), "tun", "'tun' has no effect beside tun-fd", "remove one of them");
    }
    tun(device, descriptor);
  }

  /** Makes the inbound; its tag is {@code tun}. The spellings are those of [General]. */
  private void tun(@Nullable Entry device, @Nullable Entry descriptor) {
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, String> spelt = new LinkedHashMap<>();
    Entry main = descriptor != null ? descriptor : device;
    if (main == null) {
      return;
    }
    if (descriptor != null) {
      spelt.put("fd", "tun-fd");
      values.put("fd", new Value(ConfLexer.unquoted(descriptor.value()), descriptor.source()));
    } else if (ConfLexer.unquoted(main.value()).equals("auto")) {
      values.put("auto", new Value("true", main.source()));
    } else {
      List<Item> items = ConfLexer.items(main.value());
      if (items.size() != DEVICE_ITEMS.size()) {
        problems.error(
            main.source(),
            main.value(),
            "'tun' has " + items.size() + " items, not " + DEVICE_ITEMS.size(),
            "write tun = auto, or tun = " + String.join(", ", DEVICE_ITEMS));
        return;
      }
      for (int i = 0; i < items.size(); i++) {
        values.put(
            DEVICE_ITEMS.get(i),
            new Value(ConfLexer.unquoted(items.get(i).whole()), main.source()));
      }
    }
    DEVICE_KEYS.forEach(
        (key, setting) -> {
          Entry entry = entries.get(key);
          if (entry != null) {
            spelt.put(setting, key);
            values.put(setting, deviceValue(setting, entry));
          }
        });
    draft.inbounds.add(
        new Draft.Inbound(
            "tun",
            type("tun"),
            new InetSocketAddress(Addresses.LOOPBACK, 0),
            new Settings(
                "inbound 'tun'",
                main.source(),
                values,
                true,
                problems,
                key -> spelt.getOrDefault(key, key))));
  }

  private static Value deviceValue(String setting, Entry entry) {
    if (!setting.startsWith("fakeDns") && !setting.equals("dnsServers")) {
      return new Value(ConfLexer.unquoted(entry.value()), entry.source());
    }
    List<Value> items = new ArrayList<>();
    for (Item item : ConfLexer.items(entry.value())) {
      items.add(new Value(ConfLexer.unquoted(item.whole()), entry.source()));
    }
    return new Value(items, entry.source());
  }

  private static InboundType type(String word) {
    InboundType type = Registry.inbound(word);
    if (type == null) {
      throw new IllegalStateException("the registry has no inbound '" + word + "'");
    }
    return type;
  }
}
