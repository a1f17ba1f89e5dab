package com.github.shiroedev2024.leaf.runtime.config;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Unfolds a proxy line into a chain and its parts: {@code T} becomes {@code T} (the chain), {@code
 * T_tls_xxx}, {@code T_ws_xxx} and so on, which rules and groups can name too.
 */
final class ConfStack {
  static final Set<String> OBFS_KEYS = Set.of("obfs", "obfs-host", "obfs-path");

  static final Set<String> TRANSPORT_KEYS =
      Set.of(
          "tls",
          "sni",
          "alpn",
          "tls-cert",
          "tls-insecure",
          "tls-ech",
          "tls-ech-disable-dns-lookup",
          "tls-ech-config-list",
          "ech-config-list",
          "pinned-sha256",
          "min-version",
          "ws",
          "ws-path",
          "ws-host",
          "max-early-data",
          "early-data-header",
          "h2",
          "h2-path",
          "h2-host",
          "grpc",
          "grpc-service-name",
          "httpupgrade",
          "httpupgrade-path",
          "httpupgrade-host",
          "amux",
          "amux-max",
          "amux-con",
          "amux-max-recv",
          "amux-max-lifetime",
          "quic");

  static final Set<String> TRANSPORT_AND_REALITY_KEYS =
      union(TRANSPORT_KEYS, Set.of("reality", "reality-public-key", "reality-short-id"));

  /** The keys of all layers. */
  static final Set<String> KEYS = union(TRANSPORT_AND_REALITY_KEYS, OBFS_KEYS);

  private static final List<String> FRAMINGS = List.of("ws", "h2", "grpc", "httpupgrade");

  /** Protocols that always had TLS under them, and a WebSocket part whether in use or not. */
  private static final Set<String> SHELTERED = Set.of("trojan", "vmess");

  /**
   * A line that was read.
   *
   * @param main the settings of the protocol itself
   * @param layered the keys of {@link #KEYS} as written
   */
  record Node(
      String tag,
      ConfWord word,
      OutboundType type,
      Source source,
      Map<String, Value> main,
      Map<String, String> layered) {}

  private final Draft draft;
  private final ConfSections sections;
  private final Problems problems;

  ConfStack(Draft draft, ConfSections sections, Problems problems) {
    this.draft = draft;
    this.sections = sections;
    this.problems = problems;
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    Set<String> all = new TreeSet<>(a);
    all.addAll(b);
    return Set.copyOf(all);
  }

  void add(Node node) {
    Unfolding unfolding = new Unfolding(node);
    if (node.layered.containsKey("obfs")) {
      unfolding.obfs();
    } else if (node.word.layerKeys().containsAll(TRANSPORT_KEYS)) {
      unfolding.transports();
    }
    unfolding.finish();
  }

  /** The parts of one line. */
  private final class Unfolding {
    private final Node node;
    private final Map<String, Map<String, Value>> parts = new LinkedHashMap<>();
    private final List<String> actors = new ArrayList<>();
    private final Set<String> read = new TreeSet<>();

    Unfolding(Node node) {
      this.node = node;
    }

    void obfs() {
      Map<String, Value> obfs = part("obfs", true);
      copy(obfs, "method", "obfs");
      copy(obfs, "host", "obfs-host");
      String path = text("obfs-path");
      put(obfs, "path", path == null ? "/" : path);
    }

    void transports() {
      boolean sheltered = SHELTERED.contains(node.word.type());
      boolean reality = flag("reality", false);
      boolean amux = flag("amux", false);
      boolean quic = flag("quic", false) && !amux;
      boolean tls = flag("tls", sheltered && !reality) && !reality;
      String framing = framing(quic);
      if (reality) {
        Map<String, Value> layer = part("reality", true);
        copy(layer, "serverName", "sni");
        copy(layer, "publicKey", "reality-public-key");
        copy(layer, "shortId", "reality-short-id");
      }
      if (tls) {
        tls(framing, !quic);
      }
      if (framing != null || sheltered) {
        framing(framing == null ? "ws" : framing, framing != null && !quic);
      }
      if (amux) {
        amux();
      } else if (quic) {
        quic();
      }
    }

    private void tls(@Nullable String framing, boolean used) {
      Map<String, Value> tls = part("tls", used);
      copy(tls, "serverName", "sni");
      String alpn = text("alpn");
      boolean h2 = "h2".equals(framing) || "grpc".equals(framing);
      if (alpn == null && h2) {
        alpn = "h2";
      } else if (alpn == null && node.word.type().equals("vmess")) {
        alpn = "http/1.1";
      }
      ConfProxies.putList(tls, "alpn", alpn, node.source);
      copy(tls, "certificate", "tls-cert", this::certificate);
      copy(tls, "insecure", "tls-insecure");
      copy(tls, "ech", "tls-ech");
      copy(tls, "echDisableDnsLookup", "tls-ech-disable-dns-lookup");
      copy(tls, "echConfigList", "ech-config-list", this::ech);
      copy(tls, "echConfigList", "tls-ech-config-list", this::ech);
      ConfProxies.putList(tls, "pinnedSha256", text("pinned-sha256"), node.source);
      copy(tls, "minVersion", "min-version");
    }

    private void framing(String name, boolean used) {
      Map<String, Value> layer = part(name, used);
      String path = text(name + "-path");
      switch (name) {
        case "ws" -> {
          put(layer, "path", path == null ? "/" : path);
          String host = text("ws-host");
          if (host != null) {
            layer.put(
                "headers", new Value(Map.of("Host", new Value(host, node.source)), node.source));
          }
          copy(layer, "maxEarlyData", "max-early-data");
          copy(layer, "earlyDataHeader", "early-data-header");
        }
        case "h2" -> {
          ConfProxies.put(layer, "path", path, node.source);
          ConfProxies.putList(layer, "host", text("h2-host"), node.source);
        }
        case "grpc" -> copy(layer, "serviceName", "grpc-service-name");
        default -> {
          ConfProxies.put(layer, "path", path, node.source);
          copy(layer, "host", "httpupgrade-host");
        }
      }
    }

    /** Takes over the server's address, and the layers below as its own actors. */
    private void amux() {
      List<Value> below = new ArrayList<>();
      for (String actor : actors) {
        below.add(new Value(actor, node.source));
      }
      actors.clear();
      Map<String, Value> amux = part("amux", true);
      move(amux);
      if (!below.isEmpty()) {
        amux.put("actors", new Value(below, node.source));
      }
      copy(amux, "maxAccepts", "amux-max");
      copy(amux, "concurrency", "amux-con");
      copy(amux, "maxRecvBytes", "amux-max-recv");
      copy(amux, "maxLifetime", "amux-max-lifetime");
    }

    private void quic() {
      Map<String, Value> quic = part("quic", true);
      move(quic);
      copy(quic, "serverName", "sni");
      copy(quic, "certificate", "tls-cert", this::certificate);
      copy(quic, "insecure", "tls-insecure");
      ConfProxies.putList(quic, "pinnedSha256", text("pinned-sha256"), node.source);
      String alpn = text("alpn");
      ConfProxies.putList(quic, "alpn", alpn == null ? "http/1.1" : alpn, node.source);
    }

    private void move(Map<String, Value> to) {
      for (String key : List.of("address", "port")) {
        Value value = node.main.remove(key);
        if (value != null) {
          to.put(key, value);
        }
      }
    }

    /** The one framing that is switched on, or null. */
    private @Nullable String framing(boolean quic) {
      String on = null;
      for (String name : FRAMINGS) {
        if (!flag(name, false)) {
          continue;
        }
        if (on != null) {
          problems.error(
              node.source,
              name,
              owner() + ": '" + on + "' and '" + name + "' exclude each other",
              "keep one of them");
        } else if (quic) {
          problems.warning(
              node.source,
              name,
              owner() + ": '" + name + "' has no effect beside quic",
              "remove one of them");
        }
        on = on == null ? name : on;
      }
      return on;
    }

    private String certificate(String name) {
      String pem = sections.certificate(name);
      return pem == null ? name : pem;
    }

    private String ech(String name) {
      String list = sections.ech(name);
      return list == null ? name : list;
    }

    private boolean flag(String key, boolean otherwise) {
      String text = text(key);
      if (text == null) {
        return otherwise;
      }
      if (!text.equals("true") && !text.equals("false")) {
        problems.warning(
            node.source,
            text,
            owner() + ": '" + key + "=" + text + "' counts as false",
            "write true or false");
      }
      return text.equals("true");
    }

    private @Nullable String text(String key) {
      read.add(key);
      return node.layered.get(key);
    }

    private void copy(Map<String, Value> to, String name, String key) {
      copy(to, name, key, value -> value);
    }

    private void copy(
        Map<String, Value> to, String name, String key, UnaryOperator<String> change) {
      String text = text(key);
      if (text != null) {
        put(to, name, change.apply(text));
      }
    }

    private void put(Map<String, Value> to, String name, String text) {
      to.put(name, new Value(text, node.source));
    }

    private Map<String, Value> part(String name, boolean used) {
      Map<String, Value> settings = new LinkedHashMap<>();
      parts.put(name, settings);
      if (used) {
        actors.add(generated(name));
      }
      return settings;
    }

    private String generated(String part) {
      return node.tag + "_" + part + "_xxx";
    }

    private String owner() {
      return "outbound '" + node.tag + "'";
    }

    void finish() {
      for (String key : node.layered.keySet()) {
        if (!read.contains(key)) {
          problems.warning(
              node.source,
              key,
              owner() + ": '" + key + "' has no effect here",
              "switch on what it belongs to, or remove it");
        }
      }
      if (actors.isEmpty() && parts.isEmpty()) {
        add(node.tag, node.type, node.main, null, false, true);
        return;
      }
      // Shadowsocks is called ss in the names of the parts.
      String last = node.word.type().equals("shadowsocks") ? "ss" : node.word.type();
      List<Value> chain = new ArrayList<>();
      for (String actor : actors) {
        chain.add(new Value(actor, node.source));
      }
      chain.add(new Value(generated(last), node.source));
      add(
          node.tag,
          type("chain"),
          Map.of("actors", new Value(chain, node.source)),
          node.tag,
          false,
          true);
      List<String> used = new ArrayList<>(actors);
      Map<String, Value> amux = parts.get("amux");
      if (amux != null && amux.get("actors") != null) {
        for (String part : List.of("tls", "ws", "h2", "grpc", "httpupgrade")) {
          if (amux.get("actors").raw() instanceof List<?> below
              && below.contains(new Value(generated(part), node.source))) {
            used.add(generated(part));
          }
        }
      }
      parts.forEach(
          (name, settings) ->
              add(
                  generated(name),
                  type(name),
                  settings,
                  node.tag,
                  true,
                  used.contains(generated(name))));
      add(generated(last), node.type, node.main, node.tag, true, true);
    }

    private OutboundType type(String name) {
      OutboundType type = Registry.outbound(name);
      if (type == null) {
        throw new IllegalStateException("the registry has no outbound '" + name + "'");
      }
      return type;
    }

    private void add(
        String tag,
        OutboundType type,
        Map<String, Value> values,
        @Nullable String shorthand,
        boolean generated,
        boolean used) {
      Map<String, Value> own = new LinkedHashMap<>(values);
      Value bound = node.main.get(Keys.INTERFACE);
      if (bound != null) {
        own.put(Keys.INTERFACE, bound); // whichever of the parts it is that opens sockets
      }
      draft.outbounds.add(
          new Draft.Outbound(
              tag,
              type.name(),
              type,
              ConfProxies.settings(owner(), node.source, own, problems),
              shorthand,
              generated,
              used));
    }
  }
}
