package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.interop.Combination.Protocol;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.google.gson.Gson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A combination as Leaf's users write it. */
final class LeafSide {
  private LeafSide() {}

  /** A client with a SOCKS inbound called socks, as .conf. */
  static String conf(Combination of, Ground ground, int server) {
    List<String> items = new ArrayList<>();
    items.add(of.protocol() == Protocol.SHADOWSOCKS ? "ss" : of.protocol().word());
    items.add(Peer.HOST);
    items.add(String.valueOf(server));
    switch (of.protocol()) {
      case SHADOWSOCKS -> {
        items.add(of.method());
        items.add(Secrets.client(of));
      }
      case TROJAN -> items.add(Secrets.PASSWORD);
      case VMESS -> {
        items.add(Secrets.UUID);
        items.add("security=" + of.method());
      }
      case VLESS -> {
        items.add(Secrets.UUID);
        items.add("flow=none");
      }
      case HTTP, SOCKS -> {
        items.add("username=" + Secrets.USERNAME);
        items.add("password=" + Secrets.PASSWORD);
      }
    }
    if (of.tls()) {
      if (of.transport() != Transport.QUIC) {
        items.add("tls=true");
      }
      items.add("sni=" + Ground.NAME);
      items.add("tls-cert=" + ground.authority());
    } else if (of.protocol() == Protocol.TROJAN || of.protocol() == Protocol.VMESS) {
      items.add("tls=false");
    }
    switch (of.transport()) {
      case TCP -> {}
      case WS -> items.addAll(List.of("ws=true", "ws-path=" + Transport.PATH));
      case WS_EARLY ->
          items.addAll(
              List.of(
                  "ws=true",
                  "ws-path=" + Transport.PATH,
                  "max-early-data=" + Transport.EARLY_BYTES));
      case HTTPUPGRADE ->
          items.addAll(
              List.of(
                  "httpupgrade=true",
                  "httpupgrade-path=" + Transport.PATH,
                  "httpupgrade-host=" + Ground.NAME));
      case H2 ->
          items.addAll(List.of("h2=true", "h2-path=" + Transport.PATH, "h2-host=" + Ground.NAME));
      case GRPC -> items.addAll(List.of("grpc=true", "grpc-service-name=" + Transport.SERVICE));
      case QUIC -> items.addAll(List.of("quic=true", "alpn=" + of.transport().alpn()));
      case OBFS_HTTP -> items.addAll(List.of("obfs=http", "obfs-host=" + Ground.NAME));
      case OBFS_TLS -> items.addAll(List.of("obfs=tls", "obfs-host=" + Ground.NAME));
    }
    return """
    [General]
    socks-interface = 127.0.0.1
    socks-port = %d
    loglevel = warn
    [Proxy]
    node = %s
    """
        .formatted(FreePorts.any(), String.join(", ", items));
  }

  /** The same client as JSON. */
  static String json(Combination of, Ground ground, int server) {
    List<Map<String, Object>> parts = new ArrayList<>();
    if (of.tls()) {
      Map<String, Object> tls = new LinkedHashMap<>();
      tls.put("serverName", Ground.NAME);
      tls.put("certificate", ground.authority().toString());
      if (of.transport() == Transport.QUIC) {
        tls.put("address", Peer.HOST);
        tls.put("port", server);
      }
      secure(of, tls, parts);
    }
    switch (of.transport()) {
      case TCP, QUIC -> {}
      case WS -> parts.add(part("ws", Map.of("path", Transport.PATH)));
      case WS_EARLY ->
          parts.add(
              part("ws", Map.of("path", Transport.PATH, "maxEarlyData", Transport.EARLY_BYTES)));
      case HTTPUPGRADE ->
          parts.add(part("httpupgrade", Map.of("path", Transport.PATH, "host", Ground.NAME)));
      case H2 ->
          parts.add(part("h2", Map.of("path", Transport.PATH, "host", List.of(Ground.NAME))));
      case GRPC -> parts.add(part("grpc", Map.of("serviceName", Transport.SERVICE)));
      case OBFS_HTTP -> parts.add(obfs("http"));
      case OBFS_TLS -> parts.add(obfs("tls"));
    }
    parts.add(part(of.protocol().word(), client(of, server)));
    return config(List.of(Map.of("tag", "socks", "protocol", "socks")), chain("node", parts, 0));
  }

  /** The layer that secures: TLS, or QUIC with it. */
  private static void secure(
      Combination of, Map<String, Object> settings, List<Map<String, Object>> parts) {
    boolean quic = of.transport() == Transport.QUIC;
    if (quic || of.transport().http2()) {
      settings.put("alpn", List.of(of.transport().alpn()));
    }
    parts.add(part(quic ? "quic" : "tls", settings));
  }

  private static Map<String, Object> client(Combination of, int server) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("address", Peer.HOST);
    settings.put("port", server);
    switch (of.protocol()) {
      case SHADOWSOCKS -> {
        settings.put("method", of.method());
        settings.put("password", Secrets.client(of));
      }
      case TROJAN -> settings.put("password", Secrets.PASSWORD);
      case VMESS -> {
        settings.put("uuid", Secrets.UUID);
        settings.put("security", of.method());
      }
      case VLESS -> {
        settings.put("uuid", Secrets.UUID);
        settings.put("flow", "none");
      }
      case HTTP, SOCKS -> {
        settings.put("username", Secrets.USERNAME);
        settings.put("password", Secrets.PASSWORD);
      }
    }
    return settings;
  }

  /** A server whose inbound is called in, at this port. */
  static String server(Combination of, Ground ground, int port) {
    List<Map<String, Object>> parts = new ArrayList<>();
    if (of.tls()) {
      Map<String, Object> tls = new LinkedHashMap<>();
      tls.put("certificate", ground.certificate().toString());
      tls.put("certificateKey", ground.key().toString());
      secure(of, tls, parts);
    }
    switch (of.transport()) {
      case TCP, QUIC -> {}
      case WS, WS_EARLY -> parts.add(part("ws", Map.of("path", Transport.PATH)));
      case HTTPUPGRADE -> parts.add(part("httpupgrade", Map.of("path", Transport.PATH)));
      case H2 -> parts.add(part("h2", Map.of("path", Transport.PATH)));
      case GRPC -> parts.add(part("grpc", Map.of("serviceName", Transport.SERVICE)));
      case OBFS_HTTP, OBFS_TLS -> throw new IllegalArgumentException(of.toString());
    }
    parts.add(part(of.protocol().word(), server(of)));
    return config(chain("in", parts, port), List.of(Map.of("tag", "direct", "protocol", "direct")));
  }

  private static Map<String, Object> server(Combination of) {
    Map<String, Object> settings = new LinkedHashMap<>();
    String id = "ann-laptop";
    switch (of.protocol()) {
      case SHADOWSOCKS -> {
        settings.put("method", of.method());
        settings.put("password", Secrets.server(of));
        if (of.hasUser()) {
          settings.put("users", List.of(Map.of("id", id, "password", Secrets.user(of))));
        }
      }
      case TROJAN -> settings.put("users", List.of(Map.of("id", id, "password", Secrets.PASSWORD)));
      case VMESS, VLESS -> settings.put("users", List.of(Map.of("id", id, "uuid", Secrets.UUID)));
      case HTTP, SOCKS ->
          settings.put(
              "users",
              List.of(
                  Map.of("id", id, "username", Secrets.USERNAME, "password", Secrets.PASSWORD)));
    }
    return settings;
  }

  private static Map<String, Object> part(String protocol, Map<String, Object> settings) {
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("tag", protocol);
    part.put("protocol", protocol);
    part.put("settings", settings);
    return part;
  }

  private static Map<String, Object> obfs(String method) {
    return part("obfs", Map.of("method", method, "host", Ground.NAME));
  }

  /** One part as it is, several behind a chain; the first takes the tag, and the port if any. */
  private static List<Map<String, Object>> chain(
      String tag, List<Map<String, Object>> parts, int port) {
    List<Map<String, Object>> all = new ArrayList<>(parts);
    if (parts.size() > 1) {
      List<Object> actors = new ArrayList<>();
      parts.forEach(part -> actors.add(part.get("tag")));
      all.addFirst(part("chain", Map.of("actors", actors)));
    }
    all.getFirst().put("tag", tag);
    if (port != 0) {
      all.getFirst().put("port", port);
    }
    return all;
  }

  private static String config(Object inbounds, Object outbounds) {
    return new Gson()
        .toJson(
            Map.of("log", Map.of("level", "warn"), "inbounds", inbounds, "outbounds", outbounds));
  }
}
