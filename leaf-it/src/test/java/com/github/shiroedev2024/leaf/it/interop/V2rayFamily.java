package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration that v2ray and Xray have in common. */
abstract class V2rayFamily extends Peer {
  private static final int EMPTY = 0;

  V2rayFamily(String name) {
    super(name);
  }

  /** The command that runs this file. */
  abstract List<String> command(Path config);

  @Override
  @Nullable String endsBoth(Combination combination, Direction direction) {
    if (combination.transport().webSocket() || combination.transport() == Transport.HTTPUPGRADE) {
      return "closes the connection below at the end of one direction";
    }
    if (combination.transport() == Transport.QUIC) {
      return "loses what comes with an end over quic, between two of its own as well";
    }
    if (direction == Direction.CLIENT) {
      return "its server does not pass an end on to the remote, and closes soon after";
    }
    return combination.protocol() == Combination.Protocol.VMESS
            && !combination.method().equals("zero")
        ? null
        : "its client does not pass an end on where only the connection below could tell it";
  }

  @Override
  Running server(Combination combination, Ground ground, int port) {
    Map<String, Object> inbound = new LinkedHashMap<>();
    inbound.put("listen", HOST);
    inbound.put("port", port);
    inbound.put("protocol", combination.protocol().word());
    inbound.put("settings", serverSettings(combination));
    inbound.put("streamSettings", stream(combination, ground, true));
    return combination.transport() == Transport.QUIC
        ? runBehind(ground, inbound)
        : run(ground, "server.json", List.of(inbound), freedom(), port);
  }

  /** The outbound to where clients want to go. */
  Map<String, Object> freedom() {
    return Map.of("protocol", "freedom");
  }

  @Override
  Running client(Combination combination, Ground ground, int server, int socks) {
    Map<String, Object> inbound =
        Map.of(
            "listen",
            HOST,
            "port",
            socks,
            "protocol",
            "socks",
            "settings",
            Map.of("auth", "noauth", "udp", true, "ip", HOST));
    Map<String, Object> outbound = new LinkedHashMap<>();
    outbound.put("protocol", combination.protocol().word());
    outbound.put("settings", clientSettings(combination, server));
    outbound.put("streamSettings", stream(combination, ground, false));
    return run(ground, "client.json", List.of(inbound), outbound, socks);
  }

  /** Whether a UDP port listens cannot be seen: a TCP port that is opened behind it tells. */
  private Running runBehind(Ground ground, Map<String, Object> inbound) {
    int ready = FreePorts.any();
    Map<String, Object> telling =
        Map.of("listen", HOST, "port", ready, "protocol", "socks", "settings", Map.of());
    return run(ground, "server.json", List.of(inbound, telling), freedom(), ready);
  }

  private Running run(
      Ground ground,
      String file,
      List<Map<String, Object>> inbounds,
      Map<String, Object> outbound,
      int port) {
    Path config =
        ground.json(
            file,
            Map.of(
                "log", Map.of("loglevel", "warning", "access", "none"),
                "inbounds", inbounds,
                "outbounds", List.of(outbound)));
    return new Running(PeerProgram.start(command(config), at(port)));
  }

  /** The settings of the inbound. */
  Map<String, Object> serverSettings(Combination of) {
    Map<String, Object> login = Map.of("user", Secrets.USERNAME, "pass", Secrets.PASSWORD);
    return switch (of.protocol()) {
      case SHADOWSOCKS -> shadowsocksServer(of);
      case TROJAN -> Map.of("clients", List.of(Map.of("password", Secrets.PASSWORD)));
      case VMESS -> Map.of("clients", List.of(Map.of("id", Secrets.UUID, "alterId", EMPTY)));
      case VLESS -> Map.of("clients", List.of(Map.of("id", Secrets.UUID)), "decryption", "none");
      case HTTP -> Map.of("accounts", List.of(login));
      case SOCKS -> Map.of("auth", "password", "accounts", List.of(login), "udp", true, "ip", HOST);
    };
  }

  private static Map<String, Object> shadowsocksServer(Combination of) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("method", of.method());
    settings.put("password", Secrets.server(of));
    settings.put("network", "tcp,udp");
    if (of.hasUser()) {
      settings.put(
          "clients", List.of(Map.of("password", Secrets.user(of), "email", "ann@leaf.test")));
    }
    return settings;
  }

  private static Map<String, Object> clientSettings(Combination of, int port) {
    Map<String, Object> server = new LinkedHashMap<>();
    server.put("address", HOST);
    server.put("port", port);
    String list = "servers";
    switch (of.protocol()) {
      case SHADOWSOCKS -> {
        server.put("method", of.method());
        server.put("password", Secrets.client(of));
      }
      case TROJAN -> server.put("password", Secrets.PASSWORD);
      case VMESS -> {
        list = "vnext";
        server.put(
            "users",
            List.of(Map.of("id", Secrets.UUID, "alterId", EMPTY, "security", of.method())));
      }
      case VLESS -> {
        list = "vnext";
        server.put("users", List.of(Map.of("id", Secrets.UUID, "encryption", "none")));
      }
      case HTTP, SOCKS ->
          server.put("users", List.of(Map.of("user", Secrets.USERNAME, "pass", Secrets.PASSWORD)));
    }
    return Map.of(list, List.of(server));
  }

  private static Map<String, Object> stream(Combination of, Ground ground, boolean server) {
    Map<String, Object> stream = new LinkedHashMap<>();
    switch (of.transport()) {
      case TCP -> stream.put("network", "tcp");
      case WS -> ws(stream, Transport.PATH);
      case WS_EARLY ->
          ws(stream, server ? Transport.PATH : Transport.PATH + "?ed=" + Transport.EARLY_BYTES);
      case HTTPUPGRADE -> {
        stream.put("network", "httpupgrade");
        stream.put("httpupgradeSettings", Map.of("path", Transport.PATH, "host", Ground.NAME));
      }
      case H2 -> {
        stream.put("network", "http");
        stream.put("httpSettings", Map.of("path", Transport.PATH, "host", List.of(Ground.NAME)));
      }
      case GRPC -> {
        stream.put("network", "grpc");
        stream.put("grpcSettings", Map.of("serviceName", Transport.SERVICE));
      }
      case QUIC -> {
        stream.put("network", "quic");
        stream.put("quicSettings", Map.of("security", "none", "header", Map.of("type", "none")));
      }
      case OBFS_HTTP, OBFS_TLS -> throw new IllegalArgumentException(of.toString());
    }
    if (of.tls()) {
      stream.put("security", "tls");
      stream.put("tlsSettings", tls(of, ground, server));
    }
    return stream;
  }

  private static void ws(Map<String, Object> stream, String path) {
    stream.put("network", "ws");
    stream.put("wsSettings", Map.of("path", path));
  }

  private static Map<String, Object> tls(Combination of, Ground ground, boolean server) {
    Map<String, Object> tls = new LinkedHashMap<>();
    tls.put("alpn", List.of(of.transport().alpn()));
    if (server) {
      tls.put(
          "certificates",
          List.of(
              Map.of(
                  "certificateFile", ground.certificate().toString(),
                  "keyFile", ground.key().toString())));
    } else {
      tls.put("serverName", Ground.NAME);
      tls.put("disableSystemRoot", true);
      tls.put(
          "certificates",
          List.of(Map.of("usage", "verify", "certificateFile", ground.authority().toString())));
    }
    return tls;
  }
}
