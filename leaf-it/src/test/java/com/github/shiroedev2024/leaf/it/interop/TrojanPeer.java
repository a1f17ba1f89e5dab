package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.interop.Combination.Protocol;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trojan that the protocol comes from. */
final class TrojanPeer extends Peer {
  TrojanPeer() {
    super("trojan");
  }

  @Override
  String version() {
    return Versions.of(name(), "--version");
  }

  @Override
  @Nullable String lacks(Combination combination, Direction direction) {
    if (combination.protocol() != Protocol.TROJAN) {
      return "it speaks trojan only";
    }
    return combination.transport() == Transport.TCP ? null : "it speaks TLS only";
  }

  @Override
  @Nullable String endsBoth(Combination combination, Direction direction) {
    return "closes both directions at the end of one";
  }

  @Override
  Running server(Combination combination, Ground ground, int port) {
    Map<String, Object> config = common("server", port);
    config.put("remote_addr", HOST);
    config.put("remote_port", 1);
    config.put(
        "ssl",
        Map.of(
            "cert",
            ground.certificate().toString(),
            "key",
            ground.key().toString(),
            "alpn",
            List.of("http/1.1")));
    return run(ground.json("server.json", config), port);
  }

  @Override
  Running client(Combination combination, Ground ground, int server, int socks) {
    Map<String, Object> config = common("client", socks);
    config.put("remote_addr", HOST);
    config.put("remote_port", server);
    config.put(
        "ssl",
        Map.of(
            "verify",
            true,
            "verify_hostname",
            true,
            "cert",
            ground.authority().toString(),
            "sni",
            Ground.NAME,
            "alpn",
            List.of("http/1.1")));
    return run(ground.json("client.json", config), socks);
  }

  private static Map<String, Object> common(String type, int port) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("run_type", type);
    config.put("local_addr", HOST);
    config.put("local_port", port);
    config.put("password", List.of(Secrets.PASSWORD));
    config.put("log_level", 2);
    return config;
  }

  private Running run(Path config, int port) {
    return new Running(PeerProgram.start(List.of(name(), "-c", config.toString()), at(port)));
  }
}
