package com.github.shiroedev2024.leaf.it.interop;

import com.github.shiroedev2024.leaf.it.interop.Combination.Protocol;
import com.github.shiroedev2024.leaf.testkit.FreePorts;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** shadowsocks-libev, with simple-obfs in front where the combination has it. */
final class SsLibevPeer extends Peer {
  SsLibevPeer() {
    super("shadowsocks-libev");
  }

  @Override
  String version() {
    return Versions.of("ss-server", "-h");
  }

  @Override
  @Nullable String lacks(Combination combination, Direction direction) {
    if (combination.protocol() != Protocol.SHADOWSOCKS) {
      return "it speaks shadowsocks only";
    }
    if (combination.is2022()) {
      return "it has no shadowsocks 2022";
    }
    return combination.transport().obfs() && direction == Direction.SERVER
        ? "Leaf has no simple-obfs server"
        : null;
  }

  @Override
  @Nullable String endsBoth(Combination combination, Direction direction) {
    return "closes both directions at the end of one";
  }

  @Override
  Running server(Combination combination, Ground ground, int port) {
    if (!combination.transport().obfs()) {
      return new Running(PeerProgram.start(shadowsocks("ss-server", combination, port), at(port)));
    }
    int behind = FreePorts.any();
    PeerProgram shadowsocks =
        PeerProgram.start(shadowsocks("ss-server", combination, behind), at(behind));
    try {
      List<String> obfs = new ArrayList<>(List.of("obfs-server", "-s", HOST));
      obfs.addAll(List.of("-p", String.valueOf(port), "-r", HOST + ":" + behind));
      obfs.addAll(
          List.of("--obfs", combination.transport() == Transport.OBFS_TLS ? "tls" : "http"));
      return new Running(PeerProgram.start(obfs, at(port)), shadowsocks);
    } catch (RuntimeException | AssertionError e) {
      shadowsocks.close();
      throw e;
    }
  }

  @Override
  Running client(Combination combination, Ground ground, int server, int socks) {
    List<String> command = shadowsocks("ss-local", combination, server);
    command.addAll(List.of("-b", HOST, "-l", String.valueOf(socks)));
    return new Running(PeerProgram.start(command, at(socks)));
  }

  private static List<String> shadowsocks(String program, Combination of, int port) {
    List<String> command = new ArrayList<>(List.of(program, "-u", "-s", HOST));
    command.addAll(List.of("-p", String.valueOf(port), "-m", of.method()));
    command.addAll(List.of("-k", Secrets.PASSWORD));
    return command;
  }
}
