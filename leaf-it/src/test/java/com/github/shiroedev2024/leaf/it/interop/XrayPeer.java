package com.github.shiroedev2024.leaf.it.interop;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Xray. */
final class XrayPeer extends V2rayFamily {
  XrayPeer() {
    super("xray");
  }

  @Override
  String version() {
    return Versions.of(name(), "version");
  }

  @Override
  List<String> command(Path config) {
    return List.of(name(), "run", "-c", config.toString());
  }

  @Override
  @Nullable String hidesEnds(Combination combination, Direction direction) {
    return combination.is2022()
        ? "its 2022 client and server pass no end of the other side's on, to each other neither"
        : null;
  }

  @Override
  @Nullable String losesConnections(Combination combination, Direction direction) {
    return combination.protocol() == Combination.Protocol.VMESS
            && combination.transport() == Transport.WS_EARLY
            && direction == Direction.SERVER
        ? "its client breaks some connections of vmess over ws with early data (9 of 1,000 with its"
            + " own server)"
        : null;
  }

  @Override
  @Nullable String failsOnLongFirstWrites(Combination combination, Direction direction) {
    return combination.protocol() == Combination.Protocol.TROJAN && direction == Direction.SERVER
        ? "its Trojan client fails when more than 8 KiB are written at first (its issue 5287)"
        : null;
  }

  @Override
  @Nullable String lacks(Combination combination, Direction direction) {
    if (!combination.variant().isEmpty() && !combination.hasUser()) {
      return "it has no setting for " + combination.variant();
    }
    return switch (combination.transport()) {
      case H2, QUIC -> "it no longer has " + combination.transport();
      case OBFS_HTTP, OBFS_TLS -> "it has no simple-obfs";
      case TCP, WS, WS_EARLY, HTTPUPGRADE, GRPC -> null;
    };
  }
}
