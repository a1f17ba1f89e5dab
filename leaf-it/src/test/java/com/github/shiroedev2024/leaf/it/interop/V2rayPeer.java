package com.github.shiroedev2024.leaf.it.interop;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** v2ray 4 as Debian has it. */
final class V2rayPeer extends V2rayFamily {
  V2rayPeer() {
    super("v2ray");
  }

  @Override
  String version() {
    return Versions.of(name(), "-version");
  }

  @Override
  List<String> command(Path config) {
    return List.of(name(), "-config", config.toString());
  }

  @Override
  @Nullable String losesEnds(Combination combination, Direction direction) {
    if (combination.transport() == Transport.QUIC
        && combination.protocol() == Combination.Protocol.TROJAN) {
      return "its trojan over quic loses what comes with an end, between two of its own as well";
    }
    return combination.transport().webSocket() && direction == Direction.SERVER
        ? "its client loses bytes when a WebSocket ends (19 of 60 runs with sing-box's server, 10"
            + " of 20 with Xray's)"
        : null;
  }

  @Override
  @Nullable String failsOnDatagrams(Combination combination, Direction direction) {
    return combination.protocol() == Combination.Protocol.TROJAN
            && combination.transport() == Transport.WS
            && direction == Direction.CLIENT
        ? "its trojan server over ws ends by a panic (concurrent write to websocket connection)"
            + " when two destinations answer at once"
        : null;
  }

  @Override
  @Nullable String lacks(Combination combination, Direction direction) {
    if (combination.is2022()) {
      return "it is older than shadowsocks 2022";
    }
    if (!combination.variant().isEmpty()) {
      return "it has no setting for " + combination.variant();
    }
    return switch (combination.transport()) {
      case HTTPUPGRADE, GRPC, WS_EARLY -> "it is older than " + combination.transport();
      case OBFS_HTTP, OBFS_TLS -> "it has no simple-obfs";
      case TCP, WS, H2, QUIC ->
          combination.method().equals("zero") ? "it is older than the security zero" : null;
    };
  }
}
